// One socket as the core knows it: who speaks, how far the greeting went, what it listens to.
import type { PersonId } from '../protocol/ids'
import type { ClientMessage, ServerMessage } from '../protocol/messages'
import type { Role } from '../protocol/roles'
import type { Channel } from './channel'
import type { ConnectionId } from './ports'

/** Whoever is answered: a connection, a bulk call, the relay itself. */
export type Author = { answer(message: ServerMessage): void }

export type Phase =
  | { readonly kind: 'awaiting-hello' }
  | { readonly kind: 'welcomed' }
  /** A subscribe is under way; what came after it waits, in order. */
  | { readonly kind: 'busy'; readonly waiting: ClientMessage[]; waitingBytes: number }
  | { readonly kind: 'closed' }

export type Connection = Author & {
  readonly id: ConnectionId
  readonly person: PersonId
  phase: Phase
  /** When the last message came, and when the ticket runs out; ms since 1970. */
  heardAt: number
  expiresAt: number
  pulls: number
  /** By channel key. */
  readonly subscriptions: Map<string, Subscription>
}

/** A connection listening to a channel, with the role it has at this moment. */
export type Subscription = {
  readonly connection: Connection
  readonly channel: Channel
  role: Role
}
