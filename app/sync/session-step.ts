// What the rules of a session are made of: a state with its effects, and the pulls that lead to one.
import type { Cursor } from '../../sync-api/protocol/messages'
import type { Vouchers } from '../store/ports'
import type { Role } from '../../sync-api/protocol/roles'
import type { Effect, Span, WireEffect } from './session-events'
import type { Outbox } from './session-outbox'
import type { Compared, Open, OpenSession, Session } from './session-state'

export type Step = { readonly session: Session; readonly effects: readonly Effect[] }

export const beginning: Cursor = new Uint8Array(0)

export function stay(session: Session, ...effects: Effect[]): Step {
  return { session, effects }
}

export function also(first: Step, then: (session: OpenSession) => Step): Step {
  if (first.session.kind === 'closed') return first
  const second = then(first.session)
  return { session: second.session, effects: [...first.effects, ...second.effects] }
}

export function openOf({ start, cursor, pushesInFlightMax, outbox }: Open): Open {
  return { start, cursor, pushesInFlightMax, outbox }
}

export function withOutbox<S extends OpenSession>(session: S, change: Partial<Outbox>): S {
  return { ...session, outbox: { ...session.outbox, ...change } }
}

type Brought = Span & { readonly updates: readonly Uint8Array[]; readonly vouchers?: Vouchers }

/** What a page or live entries bring, as the store is given it. */
export function broughtBy({ from, to, updates, vouchers = [] }: Brought): Required<Brought> {
  return { from, to, updates, vouchers }
}

/** The state while a pull from `asked` is under way. */
export function pulling(
  session: OpenSession,
  role: Role,
  asked: Cursor,
  compared: Compared | null
): OpenSession {
  const standing = session.cursor
  return { ...openOf(session), kind: 'catching-up', role, asked, compared, standing, missed: false }
}

export function pull(
  session: OpenSession,
  role: Role,
  cursor: Cursor,
  compared: Compared | null = null
): Step {
  const ask: WireEffect = { type: 'pull', cursor, overHttp: false }
  return stay(pulling(session, role, cursor, compared), ask)
}

/** Pulls a log of which this device knows nothing, to find what it lacks. */
export function compare(session: OpenSession, role: Role): Step {
  const compared = { updates: [], reached: beginning }
  const marked = withOutbox(session, { known: true, compared: true })
  return pull(marked, role, beginning, compared)
}
