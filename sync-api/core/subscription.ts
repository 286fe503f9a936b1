// A connection, a channel in use and the subscription between them: each names the others.
import type { ChannelRef, OutboxId, PersonId } from '../protocol/ids'
import type { ClientMessage, Cursor, ServerMessage } from '../protocol/messages'
import type { Role } from '../protocol/roles'
import type { ConnectionId, NewEntry } from './ports'

/** Whoever is answered: a connection, a bulk call, the relay itself. */
export type Author = {
  /** Of a connection. */
  readonly id?: ConnectionId
  answer(message: ServerMessage): void
}

export type Phase =
  | { readonly kind: 'awaiting-hello' }
  | { readonly kind: 'welcomed' }
  /** A subscribe is under way; what came after it waits, in order. */
  | { readonly kind: 'busy'; readonly waiting: ClientMessage[]; waitingBytes: number }
  | { readonly kind: 'closed' }

/** One socket as the core knows it: who speaks, how far the greeting went, what it listens to. */
export type Connection = Author & {
  readonly id: ConnectionId
  readonly person: PersonId
  phase: Phase
  /** Version of the wire that both sides speak; 0 before the welcome. */
  protocol: number
  /** When the last message came, and when the ticket runs out; ms since 1970. */
  heardAt: number
  expiresAt: number
  pulls: number
  /** By channel key. */
  readonly subscriptions: Map<string, Subscription>
  /** Keys of channels that it listens to where its host keeps that between two messages. */
  readonly standing: ReadonlySet<string>
}

/** A connection listening to a channel, with the role it has at this moment. */
export type Subscription = {
  readonly connection: Connection
  readonly channel: Channel
  role: Role
}

/** An accepted push on its way into the log, and who is told when it is there. */
export type Pending = { readonly entry: NewEntry; readonly authors: Author[] }

/** A channel in use: where its log stands, what is on the way into it, and who listens. */
export type Channel = {
  readonly ref: ChannelRef
  readonly key: string
  readonly epoch: number
  /** As in `Head`. */
  readonly restoredAt: number | null
  /** Where the log stands, as far as listeners were told. */
  cursor: Cursor
  /** The last number accepted for each outbox, those on the way included. */
  readonly numbers: Map<OutboxId, number>
  readonly listeners: Set<Subscription>
  /** Being appended, and accepted since: one append of a channel is under way at a time. */
  appending: readonly Pending[]
  pending: Pending[]
  /** Whether somebody is at work on what is pending, also between two appends. */
  isFlushing: boolean
  pendingBytes: number
  unfoldedEntries: number
  unfoldedBytes: number
  /** Calls that hold the channel without listening. */
  holders: number
}
