// What of the outbox goes now, and what is sealed next: the part of the rules in session.ts that is about pushes alone.
import type { SealedBatch } from '../store/ports'
import type { Effect } from './session-events'
import { afterSeal, inFlight, sendable } from './session-outbox'
import type { OpenSession } from './session-state'
import { also, stay, withOutbox, type Step } from './session-step'

/** The store has answered what is sealed. */
export function sealed(session: OpenSession, answered: readonly SealedBatch[]): Step {
  const outbox = afterSeal(session.outbox, answered)
  // A document this person made cannot be taken from them: there the relay has yet to learn of it.
  const foreign = session.start.nonce === null
  if (session.kind === 'withdrawn' && foreign && outbox.batches.length > 0) {
    return stay(withOutbox(session, { sealing: false }), { type: 'set-aside', reason: 'not-found' })
  }
  return push(withOutbox(session, outbox))
}

/** Pushes what may go, then has sealed what waits: at most once at a time, and only into room. */
export function push(session: OpenSession): Step {
  if (session.kind === 'withdrawn') return session.outbox.dirty ? seal(session) : stay(session)
  if (session.kind === 'subscribing' || session.kind === 'setting-aside') return stay(session)
  const going = sendable(session.outbox, session.pushesInFlightMax)
  const sent = going.at(-1)?.n ?? session.outbox.sent
  const pushes = going.map((batch): Effect => ({ type: 'push', batch, epoch: session.start.epoch }))
  const next = withOutbox(session, { sent })
  const room = inFlight(next.outbox).length < session.pushesInFlightMax
  const allSent = next.outbox.batches.every((batch) => batch.n <= sent)
  if (!next.outbox.dirty || !room || !allSent) return { session: next, effects: pushes }
  return also({ session: next, effects: pushes }, seal)
}

/** Has the store seal what waits, once at a time. */
export function seal(session: OpenSession): Step {
  if (session.outbox.sealing) return stay(session)
  return stay(withOutbox(session, { sealing: true, dirty: false }), { type: 'seal' })
}
