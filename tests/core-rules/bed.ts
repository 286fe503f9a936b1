// A relay in memory and people who speak to it: what the tests of the protocol's rules start from.
import { firstUpdateOf, writerOf } from '../honest'
import { createMemoryDirectory } from '../../sync-api/adapters/memory/directory'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createMemoryGateway } from '../../sync-api/adapters/memory/gateway'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { createMemoryMetrics } from '../../sync-api/adapters/memory/metrics'
import { createMemoryTickets } from '../../sync-api/adapters/memory/tickets'
import { createRelay } from '../../sync-api/core/create-relay'
import type { Log, Tickets } from '../../sync-api/core/ports'
import type { Relay, RelayPorts } from '../../sync-api/core/relay'
import {
  documentIdOf,
  idOf,
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type DocumentId,
  type LinkId,
  type OutboxId,
  type PersonId,
  type TabId
} from '../../sync-api/protocol/ids'
import { ticketLifetimeS } from '../../sync-api/protocol/limits'
import type {
  ClientMessage,
  Push,
  ServerMessage,
  SubscribeItem
} from '../../sync-api/protocol/messages'
import { protocolVersion, schemaVersion } from '../../sync-api/protocol/version'
import { createSeeded } from '../protocol/seeded'

export const beginning = new Uint8Array(0)

/** The nonce that every document of a bed is made with. */
export const nonce = 'a nonce'

export const hello: Extract<ClientMessage, { type: 'hello' }> = {
  type: 'hello',
  protocol: protocolVersion,
  schema: schemaVersion,
  release: 'rules'
}

export type Client = {
  readonly person: PersonId
  /** Says messages and answers what came back once the relay has come to rest. */
  say(...messages: ClientMessage[]): Promise<ServerMessage[]>
  /** What has come since, once the relay has come to rest. */
  hear(): Promise<ServerMessage[]>
  /** The code this connection was closed with; null while it is open. */
  closedWith(): number | null
  disconnect(): void
}

export type Bed = {
  readonly relay: Relay
  readonly log: Log
  readonly tickets: Tickets
  readonly random: (length: number) => Uint8Array
  /** Moves the relay's clock on. */
  pass(ms: number): void
  now(): number
  person(): PersonId
  /** A connection that has not said hello. */
  open(person: PersonId): Client
  /** A connection that was welcomed. */
  connect(person: PersonId): Promise<Client>
  /** A document of a new person, who is connected and subscribed to its content. */
  share(): Promise<{ owner: Client; document: DocumentId; content: ChannelRef }>
}

/** `change` replaces ports: a log that fails, a host that takes no binary frames. */
export function createBed(change: Partial<RelayPorts> = {}): Bed {
  const seeded = createSeeded(6)
  const random = (length: number): Uint8Array => seeded.bytes(length)
  let now = 1_700_000_000_000
  const clock = { now: () => now }
  const gateway = createMemoryGateway()
  const ports: RelayPorts = {
    log: createMemoryLog(),
    directory: createMemoryDirectory(),
    gateway,
    folder: createMemoryFolder(),
    tickets: createMemoryTickets(clock, ticketLifetimeS * 1000),
    clock,
    random,
    metrics: createMemoryMetrics(),
    region: 'here',
    binary: true,
    pushesInFlightMax: 16,
    receiptKey: new Uint8Array(32).fill(7),
    ...change
  }
  const relay = createRelay(ports)
  let connections = 0

  function open(person: PersonId): Client {
    const id = `connection-${++connections}`
    relay.connect(id, { person, expiresAt: now + ticketLifetimeS * 1000 })
    const hear = async (): Promise<ServerMessage[]> => {
      await atRest()
      return gateway.take(id)
    }
    return {
      person,
      say(...messages) {
        for (const message of messages) relay.receive(id, message)
        return hear()
      },
      hear,
      closedWith: () => gateway.closedWith(id),
      disconnect: () => relay.disconnect(id)
    }
  }

  const bed: Bed = {
    relay,
    log: ports.log,
    tickets: ports.tickets,
    random,
    pass: (ms) => void (now += ms),
    now: () => now,
    person: () => idOf<PersonId>(random(longIdBytes)),
    open,
    async connect(person) {
      const client = open(person)
      await client.say(hello)
      return client
    },
    async share() {
      const owner = await bed.connect(bed.person())
      const document = documentIdOf(owner.person, nonce)
      owners.set(document, owner.person)
      await owner.say(subscribeTo({ document, channel: 'content' }, nonce))
      // The first push, whatever becomes of it, waits until what is known of the channel has been read.
      await owner.say(pushOf({ document, channel: 'content' }, 1, { epoch: 99 }))
      return { owner, document, content: { document, channel: 'content' } }
    }
  }
  return bed
}

/** Memory adapters only pass promises on: when a turn of the loop has ended, all of them have. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export function subscribeTo(ref: ChannelRef, proof: string | null = null): ClientMessage {
  const item: SubscribeItem = { ...ref, cursor: beginning, nonce: proof }
  return { type: 'subscribe', items: [item] }
}

export function pullFrom(ref: ChannelRef, cursor: Uint8Array = beginning): ClientMessage {
  return { type: 'pull', ...ref, cursor }
}

export const outbox = idOf<OutboxId>(new Uint8Array(shortIdBytes).fill(0x0b))
export const otherOutbox = idOf<OutboxId>(new Uint8Array(shortIdBytes).fill(0x0c))
export const tab = idOf<TabId>(new Uint8Array(shortIdBytes).fill(0x7a))
export const otherTab = idOf<TabId>(new Uint8Array(shortIdBytes).fill(0x7b))
export const link = idOf<LinkId>(new Uint8Array(shortIdBytes).fill(0x11))

/** By document, who made it in a bed. */
const owners = new Map<DocumentId, PersonId>()

/** Number `n` of an outbox, with an update of its own, by the owner, unless another is given. */
export function pushOf(
  ref: ChannelRef,
  n: number,
  change: Partial<Omit<Push, 'type' | 'n'>> = {},
  by = owners.get(ref.document)
): Push {
  const { update, writers } = writtenBy(by ?? stranger, ref, `${n} `)
  return {
    type: 'push',
    ...ref,
    outbox,
    n,
    update,
    epoch: 0,
    schemaMajor: 1,
    writers,
    ...change
  }
}

const stranger = idOf<PersonId>(new Uint8Array(longIdBytes).fill(0x99))
let writers = 0

/** What a new writer of a person writes first into a channel. */
export function writtenBy(
  person: PersonId,
  ref: ChannelRef,
  text: string
): Pick<Push, 'update' | 'writers'> {
  const by = writerOf(++writers)
  return { update: firstUpdateOf(ref, person, by, text), writers: [by] }
}

/** The messages of one type, in order. */
export function only<T extends ServerMessage['type']>(
  type: T,
  messages: readonly ServerMessage[]
): Extract<ServerMessage, { type: T }>[] {
  return messages.filter((one): one is Extract<ServerMessage, { type: T }> => one.type === type)
}

/** Every entry of a channel, as one who pulls page after page is given them. */
export async function pullAll(client: Client, ref: ChannelRef): Promise<Pulled> {
  const pulled: Pulled = { numbers: [], updates: [], pages: 0 }
  let cursor: Uint8Array = beginning
  for (;;) {
    const [page] = only('catch-up', await client.say(pullFrom(ref, cursor)))
    if (page === undefined) throw new Error('A pull was answered without a page')
    pulled.pages += 1
    for (const { n, update } of page.entries) {
      pulled.numbers.push(n)
      pulled.updates.push(update)
    }
    cursor = page.to
    if (!page.more) return pulled
  }
}

type Pulled = { readonly numbers: number[]; readonly updates: Uint8Array[]; pages: number }
