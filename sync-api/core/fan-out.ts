// Who listens to which channel, and how what was appended reaches them: one encoding for all.
import { encodeServerMessage } from '../protocol/codec'
import { pageBytesMax } from '../protocol/limits'
import type { ChannelRef } from '../protocol/ids'
import type { Cursor, Entry } from '../protocol/messages'
import type { Role } from '../protocol/roles'
import { receiptsSince } from '../protocol/version'
import { sameBytes } from '../protocol/bytes'
import type { Receipts } from './receipts'
import type { Author, Channel, Connection, Pending, Subscription } from './subscription'
import { entryOverheadBytes } from './limits'
import { counters } from './metrics'
import type { Appended, Audience, ConnectionId, Gateway, Metrics, NewEntry } from './ports'

export type FanOut = {
  /** Registers a connection; a second time only its role is renewed. */
  listen(connection: Connection, channel: Channel, role: Role): Subscription
  leave(subscription: Subscription): void
  /** Acknowledges durable entries to their authors and hands them to everybody else, in order. */
  deliver(channel: Channel, batch: readonly Pending[], spans: readonly Appended[]): void
}

type Parts = {
  readonly gateway: Gateway
  readonly receipts: Receipts
  readonly metrics: Metrics
  readonly audience: Audience | undefined
}

export function createFanOut({ gateway, receipts, metrics, audience }: Parts): FanOut {
  function listen(connection: Connection, channel: Channel, role: Role): Subscription {
    const standing = connection.subscriptions.get(channel.key)
    if (standing !== undefined) {
      standing.role = role
      return standing
    }
    const subscription = { connection, channel, role }
    connection.subscriptions.set(channel.key, subscription)
    channel.listeners.add(subscription)
    return subscription
  }

  function leave(subscription: Subscription): void {
    subscription.channel.listeners.delete(subscription)
    subscription.connection.subscriptions.delete(subscription.channel.key)
  }

  function deliver(channel: Channel, batch: readonly Pending[], spans: readonly Appended[]): void {
    channel.cursor = spans[spans.length - 1]!.to
    const authors = new Set<Author>()
    for (const pending of batch) for (const author of pending.authors) authors.add(author)
    const entries = batch.map(({ entry }) => entry)
    const listening = new Map<Author, Connection>()
    const shared = createShared(channel.ref, entries, spans)
    for (const { connection } of channel.listeners) {
      if (authors.has(connection)) {
        listening.set(connection, connection)
        continue
      }
      for (const message of shared(connection)) gateway.send(connection.id, message)
    }
    const others = channel.listeners.size - listening.size
    metrics.count(counters.deliveries, batch.length * others)
    audience?.entries(channel.ref, entries, spans, idsOf(authors))
    for (const author of authors) {
      tellAuthor(channel, batch, spans, author, listening.get(author) ?? null)
    }
  }

  /** The whole batch as encoded messages: once for all who are told the same. */
  function createShared(
    ref: ChannelRef,
    entries: readonly NewEntry[],
    spans: readonly Appended[]
  ): (connection: Connection) => readonly Uint8Array[] {
    const made = new Map<boolean, readonly Uint8Array[]>()
    return (connection) => {
      const vouched = isVouchedTo(connection)
      let messages = made.get(vouched)
      if (messages === undefined) {
        messages = entryMessages(ref, entries, spans, toldTo(ref, connection))
        made.set(vouched, messages)
      }
      return messages
    }
  }

  /** How an entry is told to a connection. */
  function toldTo(ref: ChannelRef, connection: Connection): (entry: NewEntry) => Entry {
    return (entry) => (isVouchedTo(connection) ? receipts.vouch(ref, entry) : entry)
  }

  /** An author is told in the order of the log: acks for their own, the others' in between. */
  function tellAuthor(
    channel: Channel,
    batch: readonly Pending[],
    spans: readonly Appended[],
    author: Author,
    listener: Connection | null
  ): void {
    let next = 0
    for (let at = 0; at <= batch.length; at++) {
      const pending = batch[at]
      if (pending !== undefined && !pending.authors.includes(author)) continue
      if (listener !== null && next < at) {
        const between = batch.slice(next, at).map(({ entry }) => entry)
        const told = toldTo(channel.ref, listener)
        const messages = entryMessages(channel.ref, between, spans.slice(next, at), told)
        for (const message of messages) gateway.send(listener.id, message)
      }
      next = at + 1
      if (pending === undefined) continue
      const { outbox, n } = pending.entry
      author.answer({ type: 'ack', ...channel.ref, outbox, n, ...spans[at]! })
    }
  }

  return { listen, leave, deliver }
}

function isVouchedTo({ protocol }: Connection): boolean {
  return protocol >= receiptsSince
}

function idsOf(authors: ReadonlySet<Author>): ReadonlySet<ConnectionId> {
  const ids = [...authors].map(({ id }) => id)
  return new Set(ids.filter((id) => id !== undefined))
}

/** Entries in their order as encoded messages, each small enough for the socket and without a hole in it. */
export function entryMessages(
  ref: ChannelRef,
  entries: readonly NewEntry[],
  spans: readonly Appended[],
  told: (entry: NewEntry) => Entry
): Uint8Array[] {
  const messages: Uint8Array[] = []
  let first = 0
  let bytes = 0
  const tell = (end: number): void => {
    const those = entries.slice(first, end).map(told)
    messages.push(messageOf(ref, those, spans[first]!.from, spans[end - 1]!.to))
    first = end
    bytes = 0
  }
  entries.forEach(({ update }, at) => {
    const size = update.length + entryOverheadBytes
    const follows = at === first || sameBytes(spans[at]!.from, spans[at - 1]!.to)
    if (at > first && (bytes + size > pageBytesMax || !follows)) tell(at)
    bytes += size
  })
  tell(entries.length)
  return messages
}

function messageOf(
  ref: ChannelRef,
  entries: readonly Entry[],
  from: Cursor,
  to: Cursor
): Uint8Array {
  const [first] = entries
  const isAlone = entries.length === 1
  if (isAlone && first!.update.length + entryOverheadBytes > pageBytesMax) {
    // Too large for the socket. Nobody stands at `to` yet, so everybody pulls, and goes to HTTP.
    return encodeServerMessage({ type: 'entry', ...ref, from: to, to, entries: [] })
  }
  return encodeServerMessage({ type: 'entry', ...ref, from, to, entries })
}
