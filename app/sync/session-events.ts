// What a session hears and what it asks for; the rules between the two are in session.ts.
import type { RefusalReason } from '../../sync-api/protocol/errors'
import type { OutboxId } from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { Role } from '../../sync-api/protocol/roles'
import type { SealedBatch, Vouchers } from '../store/ports'

export type SessionEvent =
  | { readonly type: 'connected'; readonly start: SessionStart }
  | { readonly type: 'disconnected' }
  // What the relay said.
  | {
      readonly type: 'subscribed'
      readonly role: Role | null
      readonly stale: boolean
      /** From the welcome, which is always there before this. */
      readonly pushesInFlightMax: number
    }
  | (Span & {
      readonly type: 'catch-up'
      readonly more: boolean
      readonly overHttp: boolean
      readonly updates: readonly Uint8Array[]
      readonly vouchers?: Vouchers
    })
  | (Span & {
      readonly type: 'entry'
      readonly updates: readonly Uint8Array[]
      readonly vouchers?: Vouchers
    })
  | (Span & { readonly type: 'ack'; readonly outbox: OutboxId; readonly n: number })
  | { readonly type: 'gap'; readonly outbox: OutboxId; readonly have: number }
  | { readonly type: 'unknown'; readonly outbox: OutboxId; readonly n: number }
  | { readonly type: 'refused'; readonly outbox: OutboxId; readonly reason: RefusalReason }
  | { readonly type: 'resync' }
  | { readonly type: 'role-changed'; readonly role: Role | null }
  // What the store answered.
  | {
      readonly type: 'page-stored'
      readonly cursor: Cursor
      readonly to: Cursor
      readonly more: boolean
    }
  | { readonly type: 'entries-stored'; readonly cursor: Cursor; readonly to: Cursor }
  | {
      readonly type: 'settled'
      readonly n: number
      readonly cursor: Cursor
      readonly to: Cursor
    }
  | { readonly type: 'sealed'; readonly batches: readonly SealedBatch[] }
  | {
      readonly type: 'given-back'
      readonly batches: readonly SealedBatch[]
      readonly cursor: Cursor
    }
  | { readonly type: 'set-aside' }
  // What happened on this device.
  | { readonly type: 'outbox-changed' }
  | { readonly type: 'try-again' }

/** Where a log stood before and after. */
export type Span = { readonly from: Cursor; readonly to: Cursor }

/** What a session is told when a connection comes. */
export type SessionStart = {
  readonly cursor: Cursor
  readonly epoch: number
  /** The creator's proof, for a document this person made. */
  readonly nonce: string | null
  /** Pull in the same frame as the subscribe, for what a person looks at. */
  readonly eager: boolean
  /** Whether the outbox holds something; saves the store a look at every closed document. */
  readonly unsent: boolean
  /** Whether the log is to be read from its beginning and compared: rows were lost here, or it may be another log. */
  readonly compare: boolean
}

export type WireEffect =
  | { readonly type: 'subscribe'; readonly cursor: Cursor; readonly nonce: string | null }
  | { readonly type: 'pull'; readonly cursor: Cursor; readonly overHttp: boolean }
  | { readonly type: 'push'; readonly batch: SealedBatch; readonly epoch: number }

/** Done one after the other, in order; each is answered by the event of its name. */
export type StoreEffect =
  | (Span & {
      readonly type: 'store-page'
      readonly updates: readonly Uint8Array[]
      readonly vouchers: Vouchers
      readonly more: boolean
    })
  | (Span & {
      readonly type: 'store-entries'
      readonly updates: readonly Uint8Array[]
      readonly vouchers: Vouchers
    })
  | (Span & { readonly type: 'settle'; readonly outbox: OutboxId; readonly n: number })
  | { readonly type: 'seal' }
  /** Pushes what this device holds and `held` does not, if `role` may, and begins its numbers anew. */
  | (Span & {
      readonly type: 'give-back'
      readonly held: readonly Uint8Array[]
      readonly role: Role
    })
  | { readonly type: 'set-aside'; readonly reason: RefusalReason }

export type Effect = WireEffect | StoreEffect
