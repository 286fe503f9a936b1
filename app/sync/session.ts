// The conversation about one channel as a pure function: what happened goes in, what to do comes out.
//
// | state         | event                  | then                                                        |
// |---------------|------------------------|-------------------------------------------------------------|
// | closed        | connected              | subscribing: say subscribe (and pull at once when eager)    |
// | any           | disconnected           | closed: nothing is in flight any more                       |
// | subscribing   | subscribed, a role     | catching-up when stale or eager, else live; seal and push   |
// | subscribing   | subscribed, and rows   | as after a resync: the log is compared with what is left    |
// |               | were lost here         |                                                             |
// | subscribing   | subscribed, no role    | withdrawn                                                   |
// | catching-up   | catch-up               | store the page; over HTTP when it says so                   |
// | catching-up   | page-stored            | pull on while there is more, something was missed, or the   |
// |               |                        | cursor did not follow; then live                            |
// | catching-up   | resync                 | pull from the beginning, comparing                          |
// | comparing     | page-stored, the last  | give back what the log lacks, under a new outbox            |
// | any open      | given-back             | push it; catching-up from the cursor that now stands        |
// | live          | entries-stored, short  | catching-up: the cursor did not stand at `from`             |
// | any open      | entry                  | store it always; after a failure only what comes next       |
// | any open      | outbox-changed         | seal when there is room in flight                           |
// | any open      | sealed                 | push, lowest number first, up to the limit in flight        |
// | any open      | ack                    | settle; push or seal what waits                             |
// | any open      | gap                    | go back to the number after `have`; it goes alone           |
// | any open      | gap, before what is    | as after a resync: the log is a restored one                |
// |               | acknowledged           |                                                             |
// | any open      | unknown                | hold what waits; the first time as after a resync           |
// | any open      | refused                | setting-aside: what is unacknowledged becomes a copy        |
// | setting-aside | set-aside              | catching-up from the beginning with a new outbox            |
// | compared      | role-changed to a role | as after a resync: what a reader held was not given back    |
// | any open      | role-changed to none   | withdrawn: pull and push no more                            |
// | withdrawn     | sealed, not empty      | set aside, unless this person made it                       |
// | withdrawn     | role-changed to a role | subscribing again                                           |
// | withdrawn     | try-again              | subscribing again, if this person made it                   |
// | any open      | try-again              | say again whatever has no answer                            |
//
// The cursor is the store's: it is only ever read from answers of the store, never computed here.
import type { OutboxId } from '../../sync-api/protocol/ids'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { Role } from '../../sync-api/protocol/roles'
import { sameBytes } from '../../sync-api/protocol/bytes'
import type { SealedBatch } from '../store/ports'
import type { Effect, SessionEvent, SessionStart, WireEffect } from './session-events'
import { emptyOutbox } from './session-outbox'
import { push, seal, sealed } from './session-push'
import { closedSession, type Compared, type OpenSession, type Session } from './session-state'
import {
  also,
  beginning,
  broughtBy,
  compare,
  openOf,
  pull,
  pulling,
  stay,
  withOutbox,
  type Step
} from './session-step'

/** One step of the conversation. Events that mean nothing in a state leave it as it is. */
export function step(session: Session, event: SessionEvent): Step {
  if (event.type === 'connected') return connected(event.start)
  if (event.type === 'disconnected') return { session: closedSession, effects: [] }
  if (session.kind === 'closed') return stay(session)
  switch (event.type) {
    case 'subscribed':
      return subscribed(session, event)
    case 'catch-up':
      return paged(session, event)
    case 'page-stored':
      return pageStored(session, event)
    case 'resync':
      return session.kind === 'catching-up' ? compare(session, session.role) : stay(session)
    case 'entry':
      return stay(session, { ...broughtBy(event), type: 'store-entries' })
    case 'entries-stored':
      return moved(session, event.cursor, event.to)
    case 'role-changed':
      return roleChanged(session, event.role)
    case 'try-again':
      return triedAgain(session)
    case 'outbox-changed':
      return push(withOutbox(session, { dirty: true }))
    case 'sealed':
      return sealed(session, event.batches)
    case 'ack':
      return acknowledged(session, event)
    case 'settled':
      return settled(session, event)
    case 'gap':
      return wentBack(session, event.outbox, event.have)
    case 'unknown':
      return lacked(session, event.outbox, event.n)
    case 'refused':
      return refused(session, event.outbox, event.reason)
    case 'given-back':
      return givenBack(session, event.batches, event.cursor)
    case 'set-aside':
      return setAside(session)
  }
}

// Subscribing and catching up.

function connected(start: SessionStart): Step {
  const outbox = { ...emptyOutbox, dirty: start.unsent }
  const { cursor } = start
  return subscribe({ kind: 'subscribing', start, cursor, pushesInFlightMax: 0, outbox })
}

function subscribe(session: Session & { kind: 'subscribing' }): Step {
  const { cursor, nonce, eager, compare: compares } = session.start
  const ask: WireEffect = { type: 'subscribe', cursor, nonce }
  return eager && !compares
    ? stay(session, ask, { type: 'pull', cursor, overHttp: false })
    : stay(session, ask)
}

function subscribed(before: OpenSession, answer: SessionEvent & { type: 'subscribed' }): Step {
  if (before.kind !== 'subscribing') return stay(before)
  const { role, stale, pushesInFlightMax } = answer
  const session = { ...before, pushesInFlightMax }
  if (role === null) return withdrawn(session)
  const { start, cursor } = session
  if (start.compare) return compare(session, role)
  // Set aside while subscribing: what the subscribe said of its cursor no longer holds.
  const anew = cursor.length === 0 && start.cursor.length > 0
  if (start.eager && !anew) return push(pulling(session, role, start.cursor, null))
  if (stale || anew) return also(pull(session, role, cursor), push)
  return push({ ...openOf(session), kind: 'live', role })
}

function paged(session: OpenSession, page: SessionEvent & { type: 'catch-up' }): Step {
  const { updates, to, more } = page
  const awaited = session.kind === 'catching-up' && sameBytes(page.from, session.asked)
  if (!awaited) {
    // The answer to a pull of before: worth keeping, but nothing waits for it.
    return stay(session, { ...broughtBy(page), type: 'store-entries' })
  }
  if (page.overHttp) return stay(session, { type: 'pull', cursor: session.asked, overHttp: true })
  const { compared, standing } = session
  if (compared === null) {
    return stay(session, { ...broughtBy(page), type: 'store-page', from: standing, more })
  }
  const seen = { updates: [...compared.updates, ...updates], reached: to }
  const store: Effect = { ...broughtBy(page), type: 'store-page', more }
  return stay({ ...session, compared: seen }, store)
}

function pageStored(
  session: OpenSession,
  { cursor, to, more }: SessionEvent & { type: 'page-stored' }
): Step {
  const here = { ...session, cursor }
  if (here.kind !== 'catching-up') return stay(here)
  const { compared } = here
  if (compared !== null) {
    return more ? pull(here, here.role, compared.reached, compared) : giveBack(here, compared)
  }
  // Somebody else moved the cursor on while the page came (the worker): it could not follow the page.
  const followed = sameBytes(cursor, to)
  if (more || here.missed || !followed) return pull(here, here.role, cursor)
  return push({ ...openOf(here), kind: 'live', role: here.role })
}

const comparedOutbox = { ...emptyOutbox, known: true, compared: true }

/** Nothing goes under the old numbers any more: the log may know fewer of them, or others. */
function giveBack(
  session: OpenSession & { kind: 'catching-up' },
  { updates: held, reached: to }: Compared
): Step {
  const { role, standing: from } = session
  const waits = withOutbox(session, { ...comparedOutbox, sealing: true })
  return stay(waits, { type: 'give-back', held, role, from, to })
}

function givenBack(session: OpenSession, batches: readonly SealedBatch[], cursor: Cursor): Step {
  const here = { ...withOutbox(session, { ...comparedOutbox, dirty: true }), cursor }
  const next = here.kind === 'catching-up' ? pull(here, here.role, cursor) : stay(here)
  return also(next, (open) => sealed(open, batches))
}

/** The store was given live entries or an acknowledged batch; `to` is where the cursor would be by them. */
function moved(session: OpenSession, cursor: Cursor, to: Cursor): Step {
  const here = { ...session, cursor }
  if (sameBytes(cursor, to)) return stay(here)
  if (here.kind === 'catching-up') return stay({ ...here, missed: true })
  return here.kind === 'live' ? pull(here, here.role, cursor) : stay(here)
}

function roleChanged(session: OpenSession, role: Role | null): Step {
  if (session.kind === 'withdrawn') return role === null ? stay(session) : subscribeAgain(session)
  if (role === null) return withdrawn(session)
  if (session.kind === 'subscribing') return stay(session)
  const next = { ...session, role }
  // Compared by one who might not write, the log was given nothing: whoever may now has more to say than what waits.
  const again = next.outbox.compared && next.kind !== 'setting-aside'
  return again ? compare(next, role) : stay(next)
}

function withdrawn(session: OpenSession): Step {
  return seal({ ...openOf(session), kind: 'withdrawn' })
}

function subscribeAgain(session: OpenSession): Step {
  const start = { ...session.start, cursor: session.cursor }
  return subscribe({ ...openOf(session), kind: 'subscribing', start })
}

function triedAgain(session: OpenSession): Step {
  if (session.kind === 'subscribing') return subscribe(session)
  // The relay could not make the document when it was asked to: its owner asks once more.
  const owned = session.start.nonce !== null
  if (session.kind === 'withdrawn') return owned ? subscribeAgain(session) : stay(session)
  const again = push(withOutbox(session, { sent: 0, gapAfter: null, held: false }))
  if (session.kind !== 'catching-up') return again
  const ask: WireEffect = { type: 'pull', cursor: session.asked, overHttp: false }
  return { session: again.session, effects: [ask, ...again.effects] }
}

// The outbox.

function acknowledged(session: OpenSession, ack: SessionEvent & { type: 'ack' }): Step {
  const { batches, settling, gapAfter } = session.outbox
  const { outbox, n, from, to } = ack
  const known = batches.some((batch) => batch.n === n && batch.outbox === outbox)
  // Of an outbox that was given up since: nothing is left to settle, but the log has moved by it.
  if (!known) return sameBytes(from, to) ? stay(session) : moved(session, session.cursor, to)
  const rest = withOutbox(session, {
    batches: batches.filter((batch) => batch.n !== n),
    settling: [...settling, n],
    known: true,
    gapAfter: gapAfter !== null && n > gapAfter ? null : gapAfter
  })
  return also(stay(rest, { type: 'settle', outbox, n, from, to }), push)
}

function settled(session: OpenSession, event: SessionEvent & { type: 'settled' }): Step {
  const settling = session.outbox.settling.filter((n) => n !== event.n)
  return moved(withOutbox(session, { settling }), event.cursor, event.to)
}

function wentBack(session: OpenSession, outbox: OutboxId, have: number): Step {
  const { batches, sent, gapAfter } = session.outbox
  const [lowest] = batches
  // Every push beyond the gap is answered by one; the first answer is enough.
  if (lowest?.outbox !== outbox || have === gapAfter || have >= sent) return stay(session)
  if (have + 1 < lowest.n) {
    // A late answer from before they were acknowledged; or the relay has lost what it acknowledged.
    if (session.outbox.known || !('role' in session)) return stay(session)
    return compare(session, session.role)
  }
  return push(withOutbox(session, { sent: have, gapAfter: have }))
}

/** The relay lacks what a batch builds on; what this device can do about it, it does once. */
function lacked(session: OpenSession, outbox: OutboxId, n: number): Step {
  const { batches, compared } = session.outbox
  const known = batches.some((batch) => batch.n === n && batch.outbox === outbox)
  if (!known || (session.kind !== 'catching-up' && session.kind !== 'live')) return stay(session)
  const held = withOutbox(session, { held: true })
  return compared ? stay(held) : compare(held, session.role)
}

function refused(session: OpenSession, outbox: OutboxId, reason: RefusalReason): Step {
  const known = session.outbox.batches.some((batch) => batch.outbox === outbox)
  if (!known || (session.kind !== 'catching-up' && session.kind !== 'live')) return stay(session)
  const { role } = session
  const next: Session = { ...openOf(session), kind: 'setting-aside', role, outbox: emptyOutbox }
  return stay(next, { type: 'set-aside', reason })
}

function setAside(session: OpenSession): Step {
  const anew = { ...session, cursor: beginning, outbox: { ...emptyOutbox, dirty: true } }
  if (anew.kind === 'subscribing' || anew.kind === 'withdrawn') return stay(anew)
  return also(pull(anew, anew.role, beginning), push)
}
