// The wire: two unions, what a client says and what the relay answers. Bytes are made in codec.ts.
import type { ErrorCode, RefusalReason } from './errors'
import type { ChannelRef, DocumentId, OutboxId, PersonId, TabId, WriterId } from './ids'
import type { Role } from './roles'
import type { SchemaVersion } from './version'

/** A resume position in a channel's log: opaque to clients; empty means from the beginning. */
export type Cursor = Uint8Array

/** One update as the log holds it: its key (outbox and number) and its bytes, never rewritten. */
export type Entry = {
  readonly outbox: OutboxId
  readonly n: number
  readonly update: Uint8Array
  /** By which whoever kept the entry may give it back (receipts.ts in core); to clients of version 3 or later. */
  readonly receipt?: Uint8Array
}

/** What an update was when the log first had it, and the receipt for that. */
export type Voucher = {
  readonly outbox: OutboxId
  readonly n: number
  readonly receipt: Uint8Array
}

/** What a client pushes: sealed bytes with their number, sent again unchanged until acknowledged. */
export type Push = ChannelRef &
  Entry & {
    readonly type: 'push'
    readonly epoch: number
    /** Major of the schema the rows were written under. */
    readonly schemaMajor: number
    /** Writers whose insertions the update holds; their client ids follow from `clientIdOf`. */
    readonly writers: readonly WriterId[]
    /** For an entry that is given back as it was: then it belongs to whom it belonged to. */
    readonly voucher?: Voucher
  }

export type SubscribeItem = ChannelRef & {
  readonly cursor: Cursor
  /** The creator's proof; makes a document that the relay does not know yet. */
  readonly nonce: string | null
}

/** What the client's copy of a channel is (digest.ts) where it stands; answered only when the log's is another. */
export type Digest = ChannelRef & {
  readonly type: 'digest'
  readonly cursor: Cursor
  readonly digest: Uint8Array
}

export type ClientMessage =
  | {
      readonly type: 'hello'
      readonly protocol: number
      readonly schema: SchemaVersion
      readonly release: string
    }
  | { readonly type: 'subscribe'; readonly items: readonly SubscribeItem[] }
  | { readonly type: 'unsubscribe'; readonly items: readonly ChannelRef[] }
  /** Asks for one page of what was missed after `cursor`. */
  | (ChannelRef & { readonly type: 'pull'; readonly cursor: Cursor })
  | Push
  /** This tab's presence in a document; null when it leaves. `state` is JSON. */
  | {
      readonly type: 'awareness'
      readonly document: DocumentId
      readonly tab: TabId
      readonly state: string | null
    }
  | { readonly type: 'renew'; readonly ticket: string }
  | { readonly type: 'ping' }
  | Digest

/** Where a subscription stands; `role` null means no such document, or no right to it. */
export type Subscribed = ChannelRef & {
  readonly role: Role | null
  readonly epoch: number
  /** Whether the log holds more than the cursor of the subscribe covers. */
  readonly stale: boolean
}

export type Presence = {
  readonly person: PersonId
  readonly tab: TabId
  readonly state: string | null
}

export type ServerMessage =
  | {
      readonly type: 'welcome'
      readonly protocol: number
      readonly person: PersonId
      /** Whether this host takes binary frames; text until then. */
      readonly binary: boolean
      readonly pushesInFlightMax: number
      /** Until the ticket runs out, ms from now. */
      readonly ticketMs: number
      readonly region: string
    }
  | { readonly type: 'subscribed'; readonly items: readonly Subscribed[] }
  /** A page of what was missed. `more` asks for another pull from `to`. */
  | (ChannelRef & {
      readonly type: 'catch-up'
      readonly from: Cursor
      readonly to: Cursor
      readonly more: boolean
      /** The page is too large for the socket: pull the same cursor over HTTP. */
      readonly overHttp: boolean
      readonly entries: readonly Entry[]
    })
  /** `n` of this outbox is durable in the region. The log moved from `from` to `to` by it. */
  | (ChannelRef & {
      readonly type: 'ack'
      readonly outbox: OutboxId
      readonly n: number
      readonly from: Cursor
      readonly to: Cursor
    })
  /** New entries of others. A client moves its cursor to `to` only if it stood at `from`. */
  | (ChannelRef & {
      readonly type: 'entry'
      readonly from: Cursor
      readonly to: Cursor
      readonly entries: readonly Entry[]
    })
  /** A push came before its predecessor: send again from the number after `have`. */
  | (ChannelRef & { readonly type: 'gap'; readonly outbox: OutboxId; readonly have: number })
  /**
   * The push builds on what this log does not have: a backup was restored. Whoever has it gives it
   * back, and then the push is fine as it is.
   */
  | (ChannelRef & { readonly type: 'unknown'; readonly outbox: OutboxId; readonly n: number })
  | (ChannelRef & {
      readonly type: 'refused'
      readonly outbox: OutboxId
      readonly n: number
      readonly reason: RefusalReason
    })
  | { readonly type: 'role-changed'; readonly document: DocumentId; readonly role: Role | null }
  /** The document was written under this major of the schema: older releases only read it. */
  | { readonly type: 'schema-raised'; readonly document: DocumentId; readonly major: number }
  /** The cursor means nothing to this log: pull from the beginning (merging is harmless). */
  | (ChannelRef & { readonly type: 'resync' })
  /** The log is something else than the copy whose digest the client told, at the same place. */
  | (ChannelRef & { readonly type: 'differs' })
  | {
      readonly type: 'awareness'
      readonly document: DocumentId
      readonly people: readonly Presence[]
    }
  | { readonly type: 'renewed'; readonly ticketMs: number }
  | { readonly type: 'pong' }
  /** The relay is about to stop: connect again within `afterMs`, with jitter. */
  | { readonly type: 'hand-over'; readonly afterMs: number }
  | {
      readonly type: 'error'
      readonly code: ErrorCode
      /** The channel it is about, if it is about one. */
      readonly about: ChannelRef | null
      /** When to try again, ms from now; 0 when trying again will not help. */
      readonly retryMs: number
    }
