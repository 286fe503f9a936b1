// One seeded world from beginning to end: devices write while everything fails, then all must agree.
import { betweenMs, restMs } from '../../app/sync/digests'
import { spendAMonth } from './days'
import { noFaults } from './faults'
import { governance, misfortune, reconcile, relayTrouble, write } from './happenings'
import type { Counts } from './oracle'
import type { PlantName } from './plant-names'
import { createScene, traceLines, type Scene } from './scene'
import { Violation } from './violation'

export type Outcome = {
  readonly seed: number
  readonly violation: string | null
  /** What happened last, one line each. */
  readonly trace: readonly string[]
  readonly counts: Counts
  /** ms of virtual time until everything was at rest. */
  readonly restedAfterMs: number
}

/** How long things go wrong, ms: short worlds find what comes first, long ones what adds up. */
const chaosMs = [4_000, 8_000, 15_000]

/** How long everything may then take to come to rest, ms. */
const restMsMax = 180_000

/** Until every shown document has been at rest for long enough, and its digest has come and gone, ms. */
const digestMs = restMs + 10 * betweenMs

/**
 * Runs one seed, with a bug planted or without. The same seed gives the same outcome; `closely`
 * writes every message into the trace.
 */
export async function simulate(
  seed: number,
  plant: PlantName | null = null,
  closely = false
): Promise<Outcome> {
  const trace: string[] = []
  const scene = createScene(seed, plant, trace, closely)
  const { oracle } = scene.world
  let restedAfterMs = 0
  let violation: string | null = null
  try {
    await chaos(scene)
    restedAfterMs = await rest(scene)
    await compareDigests(scene)
    await scene.atRest.check()
    oracle.assertSound()
  } catch (cause) {
    if (!(cause instanceof Violation)) throw cause
    violation = cause.what
  }
  const { counts } = oracle
  return {
    seed,
    violation,
    trace: closely ? trace : trace.slice(-traceLines),
    counts,
    restedAfterMs
  }
}

async function chaos(scene: Scene): Promise<void> {
  const { world, devices } = scene
  const { time, oracle } = world
  const until = time.now() + world.chance.pick(chaosMs)
  const everySecond = (): void => {
    if (time.now() >= until) return
    for (const device of devices) misfortune(scene, device)
    relayTrouble(scene)
    governance(scene)
    reconcile(scene)
    time.after(1_000, everySecond)
  }
  const typing = (): void => {
    if (time.now() >= until) return
    write(scene)
    time.after(20 + world.chance.below(400), typing)
  }
  time.after(1_000, everySecond)
  time.after(500, typing)
  await time.run(until, () => {
    oracle.assertSound()
    return false
  })
  if (world.faults.daysApart) await spendAMonth(scene)
}

/** A while in which nobody writes: a device whose copy differs from the log says that something failed. */
async function compareDigests({ world }: Scene): Promise<void> {
  const { time, oracle } = world
  await time.run(time.now() + digestMs, () => {
    oracle.assertSound()
    return false
  })
}

/** Everything works again: within bounded time nothing may be left to do. */
async function rest(scene: Scene): Promise<number> {
  const { world, network, devices, atRest } = scene
  const { time, oracle, troubles, damaged } = world
  world.faults = noFaults
  network.heal()
  troubles.end()
  damaged.clear()
  world.tell('heals')
  for (const device of devices) device.heal()
  const from = time.now()
  let unrest: string | null = 'not looked yet'
  const look = (): void => {
    reconcile(scene)
    void atRest.unrest().then((found) => {
      unrest = found
    })
    time.after(1_000, look)
  }
  // A device that is down comes back first.
  time.after(10_000, look)
  const done = await time.run(from + restMsMax, () => {
    oracle.assertSound()
    return unrest === null
  })
  if (!done) throw new Violation(`no rest after ${restMsMax / 1000} s: ${unrest}`)
  return time.now() - from
}
