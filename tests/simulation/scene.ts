// A world before anything happens in it: a relay, people, their devices, their documents.
import type { DocumentId, PersonId } from '../../sync-api/protocol/ids'
import { documentIdOf, idOf, longIdBytes } from '../../sync-api/protocol/ids'
import type { Role } from '../../sync-api/protocol/roles'
import { createAtRest, type AtRest } from './at-rest'
import { createDurableLog, type DurableLog } from './backups'
import { createChance } from './chance'
import { createDevice, type Device } from './device'
import { chooseFaults } from './faults'
import { createNetwork, type Network } from './network'
import { createOracle } from './oracle'
import type { PlantName } from './plant-names'
import { createRelayHost, type RelayHost } from './relay-host'
import { createTime } from './time'
import { createTroubles } from './troubles'
import type { World } from './world'

export type Scene = {
  readonly world: World
  readonly durable: DurableLog
  readonly host: RelayHost
  readonly network: Network
  readonly devices: readonly Device[]
  readonly owner: Device
  readonly documents: readonly DocumentId[]
  /** Which role the owner wants somebody to have in a document. */
  readonly wishes: Map<string, Wish>
  readonly atRest: AtRest
}

export type Wish = {
  readonly device: Device
  readonly document: DocumentId
  readonly role: Exclude<Role, 'owner'> | null
}

/** Lines kept for whoever looks at a violation. */
export const traceLines = 120

export function createScene(
  seed: number,
  plant: PlantName | null,
  trace: string[],
  closely: boolean
): Scene {
  const world = createWorld(seed, plant, trace, closely)
  const { chance } = world
  const durable = createDurableLog(world)
  const host = createRelayHost(world, durable)
  const network = createNetwork(world, host)
  const people = Array.from({ length: 2 + chance.below(3) }, () =>
    idOf<PersonId>(chance.bytes(longIdBytes))
  )
  const devices = people.map((person, at) => createDevice(world, network, `device-${at}`, person))
  const [owner] = devices
  const [creator] = people
  if (owner === undefined || creator === undefined) throw new Error('Nobody is there')
  // A second device of the owner's, sometimes: one person, two outboxes.
  if (chance.happens(0.4)) devices.push(createDevice(world, network, 'device-second', creator))
  const nonces = Array.from({ length: 1 + chance.below(2) }, (_, at) => `document-${at}`)
  const documents = nonces.map((nonce) => documentIdOf(creator, nonce))
  const wishes = new Map<string, Wish>()
  for (const device of devices) {
    if (device.person !== creator) device.openTab()
    else for (const [at, nonce] of nonces.entries()) device.add(documents[at]!, nonce)
    for (const document of device.person === creator ? [] : documents) {
      const role = chance.happens(0.75) ? 'editor' : 'viewer'
      wishes.set(`${device.name} ${document}`, { device, document, role })
    }
  }
  const atRest = createAtRest(world, durable, devices)
  return { world, durable, host, network, devices, owner, documents, wishes, atRest }
}

function createWorld(
  seed: number,
  plant: PlantName | null,
  trace: string[],
  closely: boolean
): World {
  const chance = createChance(seed)
  const time = createTime()
  const startedAt = time.now()
  const tell = (what: string): void => {
    trace.push(`${String(time.now() - startedAt).padStart(7)} ${what}`)
    if (!closely && trace.length > traceLines * 4) trace.splice(0, trace.length - traceLines)
  }
  let words = 0
  const world: World = {
    ...{ time, chance, plant, tell, faults: chooseFaults(chance) },
    oracle: createOracle(time.now),
    troubles: createTroubles(time),
    damaged: new Set(),
    word: () => `#${String(++words).padStart(5, '0')};`,
    detail: (what) => {
      if (closely) tell(what())
    }
  }
  const on = Object.entries(world.faults).filter(([, value]) => Boolean(value))
  world.tell(`seed ${seed}: ${on.map(([name, value]) => `${name} ${shortly(value)}`).join(', ')}`)
  return world
}

function shortly(value: number | boolean): string {
  return typeof value === 'number' ? String(Math.round(value * 1_000) / 1_000) : 'on'
}
