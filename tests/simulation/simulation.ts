// One seeded world from beginning to end: devices write while everything fails, then all must agree.
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { foldUpdates } from '../../sync-api/core/fold'
import type { Log } from '../../sync-api/core/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import {
  documentIdOf,
  idOf,
  longIdBytes,
  type DocumentId,
  type PersonId
} from '../../sync-api/protocol/ids'
import { createChance } from './chance'
import { createDevice, type Device } from './device'
import { chooseFaults, noFaults } from './faults'
import { createNetwork, type Network } from './network'
import { createOracle, type Oracle } from './oracle'
import type { PlantName } from './plant-names'
import { createRelayHost, type RelayHost } from './relay-host'
import { createTime } from './time'
import { Violation } from './violation'
import type { World } from './world'

export type Outcome = {
  readonly seed: number
  readonly violation: string | null
  /** What happened last, one line each. */
  readonly trace: readonly string[]
  readonly counts: Oracle['counts']
  /** ms of virtual time until everything was at rest. */
  readonly restedAfterMs: number
}

/** How long things go wrong, ms; and how long everything may then take to come to rest. */
const chaosMs = 15_000
const restMsMax = 180_000

/** Lines kept for whoever looks at a violation. */
const traceLines = 120

type Scene = {
  readonly world: World
  readonly durable: Log
  readonly host: RelayHost
  readonly network: Network
  readonly devices: readonly Device[]
  readonly owner: Device
  readonly documents: readonly DocumentId[]
}

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
  const scene = build(seed, plant, trace, closely)
  const { world } = scene
  let restedAfterMs = 0
  let violation: string | null = null
  try {
    await chaos(scene)
    restedAfterMs = await rest(scene)
    await world.oracle.checkAtRest()
    world.oracle.assertSound()
  } catch (cause) {
    if (!(cause instanceof Violation)) throw cause
    violation = cause.what
  }
  return {
    seed,
    violation,
    trace: trace.slice(-traceLines),
    counts: world.oracle.counts,
    restedAfterMs
  }
}

function build(seed: number, plant: PlantName | null, trace: string[], closely: boolean): Scene {
  const chance = createChance(seed)
  const time = createTime()
  const startedAt = time.now()
  const durable = createMemoryLog(chance.bytes(8))
  const devices: Device[] = []
  const tell = (what: string): void => {
    trace.push(`${String(time.now() - startedAt).padStart(7)} ${what}`)
    if (trace.length > traceLines * 4) trace.splice(0, trace.length - traceLines)
  }
  const world: World = {
    ...{ time, chance, plant, faults: chooseFaults(chance) },
    oracle: createOracle(durable, devices),
    tell,
    detail: (what) => {
      if (closely) tell(what())
    }
  }
  world.tell(`seed ${seed}: ${JSON.stringify(world.faults)}`)
  const host = createRelayHost(world, durable)
  const network = createNetwork(world, host)
  const people = Array.from({ length: 2 + chance.below(3) }, () =>
    idOf<PersonId>(chance.bytes(longIdBytes))
  )
  for (const [at, person] of people.entries()) {
    devices.push(createDevice(world, network, `device-${at}`, person))
  }
  const [owner] = devices
  const [creator] = people
  if (owner === undefined || creator === undefined) throw new Error('Nobody is there')
  // A second device of the owner's, sometimes: one person, two outboxes.
  if (chance.happens(0.4)) devices.push(createDevice(world, network, 'device-second', creator))
  const nonces = Array.from({ length: 1 + chance.below(2) }, (_, at) => `document-${at}`)
  const documents = nonces.map((nonce) => documentIdOf(creator, nonce))
  for (const device of devices) {
    if (device.person !== creator) device.openTab()
    else for (const [at, nonce] of nonces.entries()) device.add(documents[at]!, nonce)
  }
  const scene = { world, durable, host, network, devices, owner, documents }
  for (const device of devices) {
    if (device.person === creator) continue
    for (const document of documents) invite(scene, device, document)
  }
  return scene
}

/** The owner lets a person in, as soon as the relay knows the document; then they open it. */
function invite(scene: Scene, device: Device, document: DocumentId): void {
  const { world, host, owner } = scene
  const { time, chance, oracle } = world
  const role = chance.happens(0.75) ? 'editor' : 'viewer'
  const attempt = (): void => {
    if (oracle.role(document, device.person) !== null) {
      world.tell(`${device.name} is ${role}`)
      return device.add(document, null)
    }
    // A relay that dies meanwhile never answers; whether it was done shows in the rights.
    const sharing = host.relay()?.sharing
    if (sharing !== undefined) {
      void settled(sharing.grant(owner.person, document, device.person, role, 'Somebody'))
    }
    time.after(1_000, attempt)
  }
  time.after(500, attempt)
}

async function settled(call: Promise<unknown>): Promise<boolean> {
  return await call.then(
    () => true,
    () => false
  )
}

async function chaos(scene: Scene): Promise<void> {
  const { world, devices } = scene
  const { time, oracle } = world
  const until = time.now() + chaosMs
  const everySecond = (): void => {
    if (time.now() >= until) return
    for (const device of devices) misfortune(scene, device)
    governance(scene)
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
}

/** Somebody types, if they believe that they may; now and then also if not. */
function write({ world, devices }: Scene): void {
  const { chance, oracle } = world
  const device = chance.pick(devices)
  const tabs = device.tabs()
  if (tabs.length === 0) return
  const { editors } = chance.pick(tabs)
  if (editors.length === 0) return
  const editor = chance.pick(editors)
  const role = oracle.role(editor.ref.document, device.person)
  const may = role === 'editor' || role === 'owner'
  if (!may && !chance.happens(device.documents.length > 0 && role === 'viewer' ? 0.05 : 0.3)) return
  const keys = chance.pick([1, 1, 1, 5])
  for (let key = 0; key < keys; key++) editor.edit()
}

/** What may happen to a device in a second. */
function misfortune({ world, network, documents }: Scene, device: Device): void {
  const { chance, faults } = world
  if (chance.happens(faults.partition)) network.partition(device.name, chance.below(20_000))
  if (chance.happens(faults.deviceCrash)) return device.crash(chance.below(8_000))
  const tabs = device.tabs()
  if (tabs.length > 0 && chance.happens(faults.tabCrash)) device.crashTab(chance.pick(tabs))
  if (device.tabs().length === 0 || (tabs.length < 3 && chance.happens(faults.tabOpens))) {
    device.openTab()
  }
  if (chance.happens(faults.worker)) {
    const document = chance.pick(documents)
    if (device.documents.includes(document)) device.wakeWorker(document)
  }
}

/** What may happen to everybody in a second: roles change, the relay dies, the log is folded. */
function governance({ world, durable, host, owner, devices, documents }: Scene): void {
  const { chance, faults } = world
  if (chance.happens(faults.relayCrash / 2)) host.crash()
  if (chance.happens(0.05)) void foldAll(durable, chance.pick(documents))
  const others = devices.filter((device) => device.person !== owner.person)
  if (others.length === 0 || !chance.happens(faults.roles * 4)) return
  const { person, name } = chance.pick(others)
  const document = chance.pick(documents)
  const { sharing } = host.relay() ?? {}
  if (sharing === undefined) return
  const role = chance.pick(['viewer', 'editor', null] as const)
  world.tell(`${name} shall be ${role ?? 'nobody'}`)
  void settled(
    role === null
      ? sharing.withdraw(owner.person, document, person)
      : sharing.grant(owner.person, document, person, role, 'Somebody')
  )
}

async function foldAll(durable: Log, document: DocumentId): Promise<void> {
  const ref = { document, channel: 'content' } as const
  const updates: Uint8Array[] = [entryZero]
  let at: Uint8Array = new Uint8Array(0)
  for (let more = true; more;) {
    const page = await durable.read(ref, at, Infinity)
    if (page === null) return
    if (page.checkpoint !== null) updates.push(page.checkpoint.update)
    updates.push(...page.entries.map((entry) => entry.update))
    at = page.to
    more = page.more
  }
  if (at.length === 0) return
  const checkpoint = { authors: new Map<number, PersonId>(), firstAt: 0, lastAt: 0 }
  await durable.fold(ref, at, { ...checkpoint, update: foldUpdates(updates) })
}

/** Everything works again: within bounded time nothing may be left to do. */
async function rest({ world, network, devices }: Scene): Promise<number> {
  const { time, oracle } = world
  world.faults = noFaults
  network.heal()
  world.tell('heals')
  for (const device of devices) device.feelOnline()
  const from = time.now()
  let unrest: string | null = 'not looked yet'
  const look = (): void => {
    void oracle.unrest().then((found) => {
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
