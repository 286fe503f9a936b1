// The conversation about one channel as a pure function: what happened goes in, what to do comes out.
//
// | state         | event                  | then                                                        |
// |---------------|------------------------|-------------------------------------------------------------|
// | closed        | connected              | subscribing: say subscribe (and pull at once when eager)    |
// | any           | disconnected           | closed: nothing is in flight any more                       |
// | subscribing   | subscribed, a role     | catching-up when stale or eager, else live; seal and push   |
// | subscribing   | subscribed, no role    | withdrawn                                                   |
// | catching-up   | catch-up               | store the page; over HTTP when it says so                   |
// | catching-up   | page-stored            | pull on while there is more or something was missed; live   |
// | catching-up   | resync                 | pull from the beginning; that page replaces the old cursor  |
// | live          | entries-stored, short  | catching-up: the cursor did not stand at `from`             |
// | any open      | entry                  | store it always                                             |
// | any open      | outbox-changed         | seal when there is room in flight                           |
// | any open      | sealed                 | push, lowest number first, up to the limit in flight        |
// | any open      | ack                    | settle; push or seal what waits                             |
// | any open      | gap                    | go back to the number after `have`; it goes alone           |
// | any open      | refused                | setting-aside: what is unacknowledged becomes a copy        |
// | setting-aside | set-aside              | catching-up from the beginning with a new outbox            |
// | any open      | role-changed to none   | withdrawn: pull and push no more                            |
// | withdrawn     | sealed, not empty      | set aside: these edits have nowhere to go                   |
// | withdrawn     | role-changed to a role | subscribing again                                           |
// | any open      | try-again              | say again whatever has no answer                            |
//
// The cursor is the store's: it is only ever read from answers of the store, never computed here.
import { socketUpdateBytesMax } from '../../sync-api/protocol/limits'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import type { OutboxId } from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { Role } from '../../sync-api/protocol/roles'
import { sameBytes } from '../store/bytes'
import type { SealedBatch } from '../store/ports'

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
    })
  | (Span & { readonly type: 'entry'; readonly updates: readonly Uint8Array[] })
  | (Span & { readonly type: 'ack'; readonly outbox: OutboxId; readonly n: number })
  | { readonly type: 'gap'; readonly outbox: OutboxId; readonly have: number }
  | { readonly type: 'refused'; readonly outbox: OutboxId; readonly reason: RefusalReason }
  | { readonly type: 'resync' }
  | { readonly type: 'role-changed'; readonly role: Role | null }
  // What the store answered.
  | { readonly type: 'page-stored'; readonly cursor: Cursor; readonly more: boolean }
  | { readonly type: 'entries-stored'; readonly cursor: Cursor; readonly to: Cursor }
  | {
      readonly type: 'settled'
      readonly n: number
      readonly cursor: Cursor
      readonly to: Cursor
    }
  | { readonly type: 'sealed'; readonly batches: readonly SealedBatch[] }
  | { readonly type: 'set-aside' }
  // What happened on this device.
  | { readonly type: 'outbox-changed' }
  | { readonly type: 'try-again' }

type Span = { readonly from: Cursor; readonly to: Cursor }

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
      readonly more: boolean
    })
  | (Span & { readonly type: 'store-entries'; readonly updates: readonly Uint8Array[] })
  | (Span & { readonly type: 'settle'; readonly outbox: OutboxId; readonly n: number })
  | { readonly type: 'seal' }
  | { readonly type: 'set-aside'; readonly reason: RefusalReason }

export type Effect = WireEffect | StoreEffect

type Outbox = {
  /** Sealed and not acknowledged, lowest number first. */
  readonly batches: readonly SealedBatch[]
  /** The highest number said on this connection; 0 before the first. */
  readonly sent: number
  /** Acknowledged numbers that the store has yet to forget: a seal under way may answer them. */
  readonly settling: readonly number[]
  readonly sealing: boolean
  /** Rows may lie in the outbox that no seal has seen. */
  readonly dirty: boolean
  /** What the relay had at the last gap; until the next number is acknowledged it goes alone. */
  readonly gapAfter: number | null
}

type Open = {
  readonly start: SessionStart
  readonly cursor: Cursor
  readonly pushesInFlightMax: number
  readonly outbox: Outbox
}

export type Session =
  | { readonly kind: 'closed' }
  | (Open & { readonly kind: 'subscribing' })
  | (Open & {
      readonly kind: 'catching-up'
      readonly role: Role
      /** The cursor of the pull under way. */
      readonly asked: Cursor
      /** Where the store's cursor stood then; not `asked` only when a resync starts anew. */
      readonly standing: Cursor
      /** A live entry came that the cursor could not follow: one more pull. */
      readonly missed: boolean
    })
  | (Open & { readonly kind: 'live'; readonly role: Role })
  | (Open & { readonly kind: 'setting-aside'; readonly role: Role })
  | (Open & { readonly kind: 'withdrawn' })

type OpenSession = Exclude<Session, { kind: 'closed' }>

export type Step = { readonly session: Session; readonly effects: readonly Effect[] }

export const closedSession: Session = { kind: 'closed' }

const beginning: Cursor = new Uint8Array(0)

const emptyOutbox: Outbox = {
  batches: [],
  sent: 0,
  settling: [],
  sealing: false,
  dirty: false,
  gapAfter: null
}

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
      return pageStored(session, event.cursor, event.more)
    case 'resync':
      return session.kind === 'catching-up' ? pull(session, session.role, beginning) : stay(session)
    case 'entry':
      return stay(session, { ...spanOf(event), type: 'store-entries', updates: event.updates })
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
    case 'refused':
      return refused(session, event.outbox, event.reason)
    case 'set-aside':
      return setAside(session)
  }
}

/** Whether everything missed has been stored since the connection came. */
export function isCaughtUp(session: Session): boolean {
  return session.kind === 'live'
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

// Subscribing and catching up.

function connected(start: SessionStart): Step {
  const outbox = { ...emptyOutbox, dirty: start.unsent }
  const { cursor } = start
  return subscribe({ kind: 'subscribing', start, cursor, pushesInFlightMax: 0, outbox })
}

function subscribe(session: Session & { kind: 'subscribing' }): Step {
  const { cursor, nonce, eager } = session.start
  const ask: WireEffect = { type: 'subscribe', cursor, nonce }
  return eager ? stay(session, ask, { type: 'pull', cursor, overHttp: false }) : stay(session, ask)
}

function subscribed(before: OpenSession, answer: SessionEvent & { type: 'subscribed' }): Step {
  if (before.kind !== 'subscribing') return stay(before)
  const { role, stale, pushesInFlightMax } = answer
  const session = { ...before, pushesInFlightMax }
  if (role === null) return withdrawn(session)
  const { start, cursor } = session
  // Set aside while subscribing: what the subscribe said of its cursor no longer holds.
  const anew = cursor.length === 0 && start.cursor.length > 0
  if (start.eager && !anew) return push(pulling(session, role, start.cursor))
  if (stale || anew) return also(pull(session, role, cursor), push)
  return push({ ...openOf(session), kind: 'live', role })
}

/** The state while a pull from `asked` is under way. */
function pulling(session: OpenSession, role: Role, asked: Cursor): OpenSession {
  const open = openOf(session)
  return { ...open, kind: 'catching-up', role, asked, standing: open.cursor, missed: false }
}

function pull(session: OpenSession, role: Role, cursor: Cursor): Step {
  return stay(pulling(session, role, cursor), { type: 'pull', cursor, overHttp: false })
}

function paged(session: OpenSession, page: SessionEvent & { type: 'catch-up' }): Step {
  const { updates, to, more } = page
  const awaited = session.kind === 'catching-up' && sameBytes(page.from, session.asked)
  if (!awaited) {
    // The answer to a pull of before: worth keeping, but nothing waits for it.
    return stay(session, { ...spanOf(page), type: 'store-entries', updates })
  }
  if (page.overHttp) return stay(session, { type: 'pull', cursor: session.asked, overHttp: true })
  return stay(session, { type: 'store-page', from: session.standing, to, more, updates })
}

function pageStored(session: OpenSession, cursor: Cursor, more: boolean): Step {
  const here = { ...session, cursor }
  if (here.kind !== 'catching-up') return stay(here)
  if (more || here.missed) return pull(here, here.role, cursor)
  return push({ ...openOf(here), kind: 'live', role: here.role })
}

/** The store kept live entries or an acknowledged batch; `to` is where the cursor would be by them. */
function moved(session: OpenSession, cursor: Cursor, to: Cursor): Step {
  const here = { ...session, cursor }
  if (sameBytes(cursor, to)) return stay(here)
  if (here.kind === 'catching-up') return stay({ ...here, missed: true })
  return here.kind === 'live' ? pull(here, here.role, cursor) : stay(here)
}

function roleChanged(session: OpenSession, role: Role | null): Step {
  if (session.kind === 'withdrawn') {
    if (role === null) return stay(session)
    const start = { ...session.start, cursor: session.cursor }
    return subscribe({ ...openOf(session), kind: 'subscribing', start })
  }
  if (role === null) return withdrawn(session)
  return stay(session.kind === 'subscribing' ? session : { ...session, role })
}

function withdrawn(session: OpenSession): Step {
  return seal({ ...openOf(session), kind: 'withdrawn' })
}

function triedAgain(session: OpenSession): Step {
  if (session.kind === 'subscribing') return subscribe(session)
  const again = push(withOutbox(session, { sent: 0, gapAfter: null }))
  if (session.kind !== 'catching-up') return again
  const ask: WireEffect = { type: 'pull', cursor: session.asked, overHttp: false }
  return { session: again.session, effects: [ask, ...again.effects] }
}

// The outbox.

function sealed(session: OpenSession, answered: readonly SealedBatch[]): Step {
  const { settling } = session.outbox
  const batches = answered.filter((batch) => !settling.includes(batch.n))
  if (session.kind === 'withdrawn' && batches.length > 0) {
    return stay(withOutbox(session, { sealing: false }), { type: 'set-aside', reason: 'not-found' })
  }
  return push(withOutbox(session, { batches, sealing: false }))
}

/** Pushes what may go, then has sealed what waits: at most once at a time, and only into room. */
function push(session: OpenSession): Step {
  if (session.kind === 'withdrawn') return session.outbox.dirty ? seal(session) : stay(session)
  if (session.kind === 'subscribing' || session.kind === 'setting-aside') return stay(session)
  const going = sendable(session)
  const sent = going.at(-1)?.n ?? session.outbox.sent
  const pushes = going.map((batch): Effect => ({ type: 'push', batch, epoch: session.start.epoch }))
  const next = withOutbox(session, { sent })
  const room = inFlight(next.outbox).length < session.pushesInFlightMax
  const allSent = next.outbox.batches.every((batch) => batch.n <= sent)
  if (!next.outbox.dirty || !room || !allSent) return { session: next, effects: pushes }
  return also({ session: next, effects: pushes }, seal)
}

function sendable({ pushesInFlightMax, outbox }: Open): readonly SealedBatch[] {
  const under = inFlight(outbox)
  const limit = outbox.gapAfter === null ? pushesInFlightMax : 1
  const waiting = outbox.batches.filter((batch) => batch.n > outbox.sent)
  // A large batch goes by HTTP, where nothing keeps it in line with the socket: so it goes alone.
  if (under.some(goesAlone)) return []
  const large = waiting.findIndex(goesAlone)
  if (large === 0) return under.length === 0 ? waiting.slice(0, 1) : []
  const small = large < 0 ? waiting : waiting.slice(0, large)
  return small.slice(0, Math.max(0, limit - under.length))
}

function goesAlone(batch: SealedBatch): boolean {
  return batch.update.length > socketUpdateBytesMax
}

function inFlight(outbox: Outbox): readonly SealedBatch[] {
  return outbox.batches.filter((batch) => batch.n <= outbox.sent)
}

function seal(session: OpenSession): Step {
  if (session.outbox.sealing) return stay(session)
  return stay(withOutbox(session, { sealing: true, dirty: false }), { type: 'seal' })
}

function acknowledged(session: OpenSession, ack: SessionEvent & { type: 'ack' }): Step {
  const { batches, settling, gapAfter } = session.outbox
  if (!batches.some((batch) => batch.n === ack.n && batch.outbox === ack.outbox)) {
    return stay(session)
  }
  const rest = withOutbox(session, {
    batches: batches.filter((batch) => batch.n !== ack.n),
    settling: [...settling, ack.n],
    gapAfter: gapAfter !== null && ack.n > gapAfter ? null : gapAfter
  })
  const { outbox, n } = ack
  return also(stay(rest, { ...spanOf(ack), type: 'settle', outbox, n }), push)
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
  // The relay has less than it acknowledged (a restored backup): these numbers wait for it.
  if (have + 1 < lowest.n) return stay(session)
  return push(withOutbox(session, { sent: have, gapAfter: have }))
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
  const { kind } = anew
  if (kind === 'subscribing' || kind === 'withdrawn') return stay(anew)
  return also(pull(anew, anew.role, beginning), push)
}

// Small parts.

function stay(session: Session, ...effects: Effect[]): Step {
  return { session, effects }
}

function also(first: Step, then: (session: OpenSession) => Step): Step {
  if (first.session.kind === 'closed') return first
  const second = then(first.session)
  return { session: second.session, effects: [...first.effects, ...second.effects] }
}

function openOf({ start, cursor, pushesInFlightMax, outbox }: Open): Open {
  return { start, cursor, pushesInFlightMax, outbox }
}

function withOutbox<S extends OpenSession>(session: S, change: Partial<Outbox>): S {
  return { ...session, outbox: { ...session.outbox, ...change } }
}

function spanOf({ from, to }: Span): Span {
  return { from, to }
}
