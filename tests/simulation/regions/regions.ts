// One seeded world of three regions: people write in all of them while links, functions, caches and whole regions fail; then
// everything heals, and every region must hold all that was acknowledged and that anybody still has.
import { Violation } from '../violation'
import { checkEnd, foldAll, unrestOf } from './at-rest'
import type { Author } from './author'
import { misfortune } from './misfortune'
import type { PlantName } from './plant-names'
import type { RegionCounts } from './region-world'
import { createScene, nonce, regionNames, type ProbedScene } from './make-scene'
import type { RegionsScene } from './scene'

export type RegionsOutcome = {
  readonly seed: number
  readonly violation: string | null
  readonly trace: readonly string[]
  readonly counts: RegionCounts & { readonly puts: number; readonly removals: number }
}

/** How long things go wrong, ms. */
const chaosMs = [10_000, 20_000, 40_000]

/** How long everything may then take to come to rest, ms. */
const restMsMax = 400_000

/** Lines of the trace that are kept. */
const traceLines = 400

/** Runs one seed, with a bug planted or without. The same seed gives the same outcome. */
export async function simulate(
  seed: number,
  plant: PlantName | null = null
): Promise<RegionsOutcome> {
  const trace: string[] = []
  const scene = createScene(seed, plant, trace)
  const { world } = scene
  let violation: string | null = null
  try {
    await begin(scene)
    await chaos(scene)
    await rest(scene)
    await foldAll(scene)
    await checkEnd(scene)
  } catch (cause) {
    if (!(cause instanceof Violation)) throw cause
    violation = cause.what
  }
  const { puts, removals } = world.replicas.counts
  return {
    seed,
    violation,
    trace: trace.slice(-traceLines),
    counts: { ...world.counts, puts, removals }
  }
}

/** The first makes the document and lets the others write, and nothing is known anywhere else yet. */
async function begin({ world, regions, authors, homes, ref }: RegionsScene): Promise<void> {
  const { time, troubles, deaths } = world
  const { fails } = troubles.knobs
  troubles.knobs.fails = 0
  world.deaths = 0
  const [owner, ...others] = authors
  const home = regions.get(homes.get(owner!)!)!
  let done = false
  const make = async (): Promise<void> => {
    await home.call(owner!.person, [
      { type: 'subscribe', items: [{ ...ref, cursor: new Uint8Array(0), nonce }] }
    ])
    for (const { person } of others) {
      await home.desk(({ sharing }) =>
        sharing.grant(owner!.person, ref.document, person, 'editor', 'Somebody')
      )
    }
    done = true
  }
  const failed = (cause: unknown): void => {
    world.broken(`the document could not be made: ${String(cause)}`)
  }
  time.after(0, () => void make().catch(failed))
  await time.run(time.now() + 60_000, () => {
    world.assertSound()
    return done
  })
  if (!done) throw new Violation('the document could not be made')
  troubles.knobs.fails = fails
  world.deaths = deaths
}

async function chaos(scene: ProbedScene): Promise<void> {
  const { world, authors, regions, ref } = scene
  const { time, chance } = world
  const until = time.now() + chance.pick(chaosMs)
  const isOver = (): boolean => time.now() >= until
  for (const author of authors) {
    const write = (): void => {
      if (isOver() || author.isGone()) return
      author.edit()
      time.after(300 + chance.below(4_000), write)
    }
    write()
    goOn(scene, author)
  }
  const folds = chance.pick([0.1, 0.4])
  const foldersMax = chance.pick([1, 3])
  const everySecond = (): void => {
    if (isOver()) return
    ;[...regions.values()].forEach((region, at) => {
      if (at < foldersMax && chance.happens(folds)) region.fold(ref)
    })
    misfortune(scene)
    time.after(1_000, everySecond)
  }
  everySecond()
  for (const name of regionNames) tendOn(scene, name)
  const look = (): void => {
    for (const region of regions.values()) scene.probe.look(region)
    time.after(world.isHealed ? 20_000 : 2_000, look)
  }
  look()
  await time.run(until, () => {
    world.assertSound()
    return false
  })
}

function goOn({ world }: RegionsScene, author: Author): void {
  const { time, chance } = world
  const round = (): void => {
    if (author.isGone()) return
    const waitMs = world.isHealed ? 120 : 100 + chance.below(1_500)
    void author.sync().then(() => time.after(waitMs, round))
  }
  round()
}

function tendOn({ world: { time, chance }, regions, ref }: RegionsScene, name: string): void {
  const round = (): void => {
    regions.get(name)?.tend(ref)
    time.after(1_500 + chance.below(3_000), round)
  }
  round()
}

/** Everything works again: within bounded time every region and every device has the same. */
async function rest(scene: RegionsScene): Promise<void> {
  const { world, regions, authors, homes } = scene
  const { time, troubles } = world
  world.tell('heals')
  troubles.heal()
  world.deaths = 0
  world.lostEvents = 0
  const until = time.now() + restMsMax
  let unrest: string | null = 'not looked yet'
  world.isHealed = true
  // Everybody comes by everywhere, and then stays: what one region lacks, somebody brings.
  const wander = (left: number): void => {
    const open = [...regions.keys()]
    authors.forEach((author, at) => homes.set(author, open[(at + left) % open.length]!))
    if (left > 0) time.after(15_000, () => wander(left - 1))
  }
  wander(2)
  const look = (): void => {
    void unrestOf(scene).then((found) => (unrest = found))
    time.after(5_000, look)
  }
  time.after(40_000, look)
  const done = await time.run(until, () => {
    world.assertSound()
    return unrest === null
  })
  if (!done) throw new Violation(`no rest after ${restMsMax / 1000} s: ${unrest}`)
}
