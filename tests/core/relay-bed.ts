// A relay in memory with people connected to it: five lines make a test.
import { createMemoryDirectory } from '../../sync-api/adapters/memory/directory'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createMemoryGateway, type MemoryGateway } from '../../sync-api/adapters/memory/gateway'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { createMemoryMetrics, type MemoryMetrics } from '../../sync-api/adapters/memory/metrics'
import { createMemoryTickets } from '../../sync-api/adapters/memory/tickets'
import { createRelay } from '../../sync-api/core/create-relay'
import type { Folder, Log, Tickets } from '../../sync-api/core/ports'
import type { Relay } from '../../sync-api/core/relay'
import { firstUpdateOf, writerOf } from '../honest'
import * as sha256 from 'lib0/hash/sha256'
import {
  documentIdOf,
  idOf,
  toBase64Url,
  type ChannelRef,
  type DocumentId,
  type LinkId,
  type OutboxId,
  type PersonId,
  type TabId
} from '../../sync-api/protocol/ids'
import type { ClientMessage, Cursor, Push, ServerMessage } from '../../sync-api/protocol/messages'
import type { LinkRole } from '../../sync-api/protocol/roles'
import { protocolVersion } from '../../sync-api/protocol/version'

export const lifetimeMs = 600_000
export const beginning: Cursor = new Uint8Array(0)

const id = (length: number, number: number): Uint8Array => new Uint8Array(length).fill(number)
export const personOf = (number: number): PersonId => idOf(id(16, number))
export const outboxOf = (number: number): OutboxId => idOf(id(8, number))
export const tabOf = (number: number): TabId => idOf(id(8, number))
export const linkOf = (number: number): LinkId => idOf(id(8, number))

/** The document a person makes with the nonce `nonce`. */
export const documentOf = (owner: number, nonce = 'nonce'): DocumentId =>
  documentIdOf(personOf(owner), nonce)
export const contentOf = (document: DocumentId): ChannelRef => ({ document, channel: 'content' })

/** What a writer of a person writes first into a channel, told apart by `mark`; about `length` bytes. */
export function writtenBy(
  person: number,
  ref: ChannelRef,
  mark: number,
  length = 4
): Pick<Push, 'update' | 'writers'> {
  const writer = writerOf(mark)
  const text = `${mark % 10}`.repeat(length)
  return { update: firstUpdateOf(ref, personOf(person), writer, text), writers: [writer] }
}

export type Bed = {
  readonly relay: Relay
  readonly gateway: MemoryGateway
  readonly metrics: MemoryMetrics
  readonly tickets: Tickets
  readonly reports: string[]
  readonly time: { now: number }
  /** A connection of a person, greeted. */
  join(person: number, name?: string): Client
  /** A connection that has not said hello. */
  connect(person: number, name: string): Client
  /** Resolves when nothing the relay was given to do is left undone. */
  rest(): Promise<void>
}

export type Client = {
  readonly name: string
  say(message: ClientMessage): void
  /** What came since it was last asked, once the relay is at rest. */
  heard(): Promise<ServerMessage[]>
  /** The messages of one kind among them. */
  heardOf<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>[]>
  subscribe(ref: ChannelRef, nonce?: string | null, cursor?: Cursor): void
  push(ref: ChannelRef, n: number, more?: Partial<Push>): void
  leave(): void
}

export function createBed(ports: { log?: Log; folder?: Folder } = {}): Bed {
  const time = { now: 1_700_000_000_000 }
  const clock = { now: () => time.now }
  const gateway = createMemoryGateway()
  const metrics = createMemoryMetrics()
  const tickets = createMemoryTickets(clock, lifetimeMs)
  const reports: string[] = []
  let drawn = 0
  const relay = createRelay({
    log: ports.log ?? createMemoryLog(),
    directory: createMemoryDirectory(),
    folder: ports.folder ?? createMemoryFolder(),
    ...{ gateway, metrics, tickets, clock, region: 'test', binary: true, pushesInFlightMax: 16 },
    receiptKey: new Uint8Array(32).fill(7),
    random: (length) => sha256.digest(new Uint8Array([drawn++ % 256, drawn >> 8])).slice(0, length),
    report: (what) => reports.push(what)
  })

  function connect(person: number, name: string): Client {
    const expiresAt = time.now + lifetimeMs
    relay.connect(name, { person: personOf(person), expiresAt })
    const say = (message: ClientMessage): void => relay.receive(name, message)
    const heard = async (): Promise<ServerMessage[]> => {
      await rest()
      return gateway.take(name)
    }
    return {
      name,
      say,
      heard,
      async heardOf<T extends ServerMessage['type']>(type: T) {
        const isOf = (one: ServerMessage): one is Extract<ServerMessage, { type: T }> =>
          one.type === type
        return (await heard()).filter(isOf)
      },
      subscribe: (ref, nonce = null, cursor = beginning) =>
        say({ type: 'subscribe', items: [{ ...ref, nonce, cursor }] }),
      push: (ref, n, more) => say(pushOf(ref, n, more, person)),
      leave: () => relay.disconnect(name)
    }
  }

  function join(person: number, name = `person ${person}`): Client {
    const client = connect(person, name)
    client.say(hello())
    gateway.take(name)
    return client
  }

  return { relay, gateway, metrics, tickets, reports, time, connect, join, rest }
}

/** Memory answers within microtasks: when these have run out, nothing is left to wait for. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export function hello(protocol = protocolVersion): ClientMessage {
  return { type: 'hello', protocol, schema: { major: 1, minor: 0 }, release: 'test' }
}

export function pushOf(ref: ChannelRef, n: number, more: Partial<Push> = {}, person = 1): Push {
  const base = { epoch: 0, schemaMajor: 1, outbox: outboxOf(person), ...writtenBy(person, ref, n) }
  return { type: 'push', ...ref, ...base, n, ...more }
}

/** The secret of a link in tests, and the hash the relay is given. */
export const secret = toBase64Url(id(16, 42))
export const secretHash = toBase64Url(sha256.digest(id(16, 42)))

/** A document of person 1 that they have open, and a link of the given role that others claim. */
export async function shared(
  bed: Bed,
  role: LinkRole,
  others: readonly number[]
): Promise<{ document: DocumentId; content: ChannelRef; owner: Client; guests: Client[] }> {
  const document = documentOf(1)
  const content = contentOf(document)
  const owner = bed.join(1)
  owner.subscribe(content, 'nonce')
  // The first push, whatever becomes of it, waits until what is known of the channel has been read.
  owner.push(content, 1, { epoch: 99 })
  await owner.heard()
  await bed.relay.sharing.makeLink(personOf(1), document, linkOf(1), role, secretHash)
  const guests: Client[] = []
  for (const number of others) {
    await bed.relay.sharing.claim(personOf(number), document, linkOf(1), secret, 'Guest')
    const guest = bed.join(number)
    guest.subscribe(content)
    await guest.heard()
    guests.push(guest)
  }
  return { document, content, owner, guests }
}
