// The states of a session, each with only what it needs; the rules between them are in session.ts.
import type { Cursor } from '../../sync-api/protocol/messages'
import type { Role } from '../../sync-api/protocol/roles'
import type { SessionStart } from './session-events'
import { inFlight, type Outbox } from './session-outbox'

export type Open = {
  readonly start: SessionStart
  readonly cursor: Cursor
  readonly pushesInFlightMax: number
  readonly outbox: Outbox
}

/**
 * What a log gave since its beginning. It is another than this device knew (a restored backup), so what
 * this device has and the log has not is given back; until then the cursor stays where it is.
 */
export type Compared = { readonly updates: readonly Uint8Array[]; readonly reached: Cursor }

export type Session =
  | { readonly kind: 'closed' }
  | (Open & { readonly kind: 'subscribing' })
  | (Open & {
      readonly kind: 'catching-up'
      readonly role: Role
      /** The cursor of the pull under way. */
      readonly asked: Cursor
      /** Null unless the log is another one than this device knew: see `Compared`. */
      readonly compared: Compared | null
      /** Where the store's cursor stood when the pulls began. */
      readonly standing: Cursor
      /** A live entry came that the cursor could not follow: one more pull. */
      readonly missed: boolean
    })
  | (Open & { readonly kind: 'live'; readonly role: Role })
  | (Open & { readonly kind: 'setting-aside'; readonly role: Role })
  | (Open & { readonly kind: 'withdrawn' })

export type OpenSession = Exclude<Session, { kind: 'closed' }>

export const closedSession: Session = { kind: 'closed' }

/** Whether everything missed has been stored since the connection came. */
export function isCaughtUp(session: Session): boolean {
  return session.kind === 'live'
}

/** Whether all that was written here is acknowledged too, and nothing of it under way. */
export function isAtRest(session: Session): boolean {
  if (session.kind !== 'live') return false
  const { batches, settling, sealing, dirty } = session.outbox
  return batches.length + settling.length === 0 && !sealing && !dirty
}

/** The role as the relay last said it; undefined while it has not. */
export function roleIn(session: Session): Role | null | undefined {
  switch (session.kind) {
    case 'closed':
    case 'subscribing':
      return undefined
    case 'withdrawn':
      return null
    case 'catching-up':
    case 'live':
    case 'setting-aside':
      return session.role
  }
}

/** Pushes said on this connection and not acknowledged. */
export function pushesInFlight(session: Session): number {
  return session.kind === 'closed' ? 0 : inFlight(session.outbox).length
}

/** Whether the relay owes an answer: a page, or an acknowledgement. */
export function isWaiting(session: Session): boolean {
  return session.kind === 'catching-up' || pushesInFlight(session) > 0
}
