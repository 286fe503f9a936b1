// One session at work: steps through events in order, does what it asks of the store, hands on the rest.
import type { ChannelRef } from '../../sync-api/protocol/ids'
import { mayWrite } from '../../sync-api/protocol/roles'
import { sameBytes } from '../../sync-api/protocol/bytes'
import type { Notices } from '../store/notices'
import type { SyncStore, Vouchers } from '../store/ports'
import { step } from './session'
import { closedSession, type Session } from './session-state'
import type { SessionEvent, SessionStart, StoreEffect, WireEffect } from './session-events'

export type ConversationOptions = {
  readonly ref: ChannelRef
  readonly store: SyncStore
  /** Told what was received, settled and set aside, each after its commit. */
  readonly notices: Pick<Notices, 'tell'>
  /** Called for what must travel. May call `dispatch` again. */
  readonly say: (effect: WireEffect) => void
  /** Called after every event, with the session before it. */
  readonly onStep: (before: Session, after: Session) => void
  /** The store refused: the session is closed and nothing of it is lost; begin again later. */
  readonly onStoreFailure: (cause: unknown) => void
}

export type Conversation = {
  readonly ref: ChannelRef
  readonly session: () => Session
  dispatch(event: SessionEvent): void
  /**
   * Begins on a new connection, from where the store stands once all earlier work on it is done.
   * `open` decides about what only the caller knows.
   */
  begin(open: Opening): void
  /** Resolves when the store has done all that was asked of it so far. */
  idle(): Promise<void>
}

export type Opening = Omit<SessionStart, 'cursor' | 'epoch' | 'compare'>

/** What waits for the store: an effect, or a look at where the channel stands. */
type Task = StoreEffect | { readonly type: 'begin'; readonly connection: number; open: Opening }

export function createConversation(options: ConversationOptions): Conversation {
  const { ref, store } = options
  const tasks: Task[] = []
  let session: Session = closedSession
  let connection = 0
  /** The store has failed since all was caught up: something may be missing before what comes live. */
  let failed = false
  /** Whether somebody works through the tasks; `worked` is when they are done. */
  let working = false
  let worked: Promise<void> = Promise.resolve()

  function dispatch(event: SessionEvent): void {
    if (event.type === 'disconnected') connection += 1
    const before = session
    const { session: after, effects } = step(before, event)
    session = after
    if (after.kind === 'live') failed = false
    for (const effect of effects) {
      if (isWireEffect(effect)) options.say(effect)
      else add(effect)
    }
    options.onStep(before, after)
  }

  function add(task: Task): void {
    tasks.push(task)
    if (!working) worked = work()
  }

  async function work(): Promise<void> {
    working = true
    for (let task = nextOf(tasks); task !== undefined; task = nextOf(tasks)) {
      try {
        await perform(task)
      } catch (cause) {
        // What waits behind it was decided on the belief that it would succeed.
        tasks.length = 0
        failed = true
        dispatch({ type: 'disconnected' })
        options.onStoreFailure(cause)
      }
    }
    working = false
  }

  async function perform(task: Task): Promise<void> {
    if (task.type !== 'begin') return dispatch(await performed(options, task, failed))
    const { cursor, epoch, doubted, placeless } = await store.state(ref)
    if (task.connection !== connection) return
    const compare = doubted || placeless
    dispatch({ type: 'connected', start: { ...task.open, cursor, epoch, compare } })
  }

  return {
    ref,
    session: () => session,
    dispatch,
    begin(open) {
      connection += 1
      add({ type: 'begin', connection, open })
    },
    async idle() {
      while (working) await worked
    }
  }
}

/**
 * The next task; live entries that follow one another become one, since a commit costs the same for
 * one update and for a hundred.
 */
function nextOf(tasks: Task[]): Task | undefined {
  let task = tasks.shift()
  while (task?.type === 'store-entries') {
    const next = tasks[0]
    if (next?.type !== 'store-entries' || !sameBytes(task.to, next.from)) break
    tasks.shift()
    const updates = [...task.updates, ...next.updates]
    const vouchers = [...vouchersOf(task), ...vouchersOf(next)]
    task = { ...task, to: next.to, updates, vouchers }
  }
  return task
}

/** One for each update. */
function vouchersOf({ updates, vouchers }: StoreEffect & { type: 'store-entries' }): Vouchers {
  return updates.map((_, at) => vouchers[at] ?? null)
}

function isWireEffect(effect: WireEffect | StoreEffect): effect is WireEffect {
  return effect.type === 'subscribe' || effect.type === 'pull' || effect.type === 'push'
}

/** Does one thing in the store, tells of it, and says how it went. */
async function performed(
  { store, ref, notices }: ConversationOptions,
  effect: StoreEffect,
  failed: boolean
): Promise<SessionEvent> {
  const received = (updates: readonly Uint8Array[]): void => {
    if (updates.length > 0) notices.tell({ kind: 'received', ref, updates })
  }
  const seal = async () => {
    const batches = await store.seal(ref)
    // What a tab still counts as waiting was late, and is in the copy by now.
    if (batches.length === 0) notices.tell({ kind: 'settled', ref })
    return batches
  }
  switch (effect.type) {
    case 'store-page': {
      const { updates, vouchers, from, to, more } = effect
      const cursor = await store.receive(ref, updates, from, to, vouchers)
      received(updates)
      return { type: 'page-stored', cursor, to, more }
    }
    case 'store-entries': {
      const { updates, vouchers, from, to } = effect
      const receive = store[failed ? 'receiveNext' : 'receive']
      const cursor = await receive(ref, updates, from, to, vouchers)
      if (!failed || sameBytes(cursor, to)) received(updates)
      return { type: 'entries-stored', cursor, to }
    }
    case 'settle': {
      const { outbox, n, from, to } = effect
      const cursor = await store.settle(ref, outbox, n, from, to)
      notices.tell({ kind: 'settled', ref })
      return { type: 'settled', n, cursor, to }
    }
    case 'seal':
      return { type: 'sealed', batches: await seal() }
    case 'give-back': {
      const { held, role, from, to } = effect
      // Who may only read has nothing to give; what waits is the relay's to refuse.
      const lacks = mayWrite(role, ref.channel) ? held : null
      const cursor = await store.giveBack(ref, lacks, from, to)
      notices.tell({ kind: lacks === null ? 'settled' : 'given-back', ref })
      return { type: 'given-back', batches: await seal(), cursor }
    }
    case 'set-aside': {
      const { reason } = effect
      notices.tell({ kind: 'set-aside', ref, reason, copy: await store.setAside(ref, reason) })
      return { type: 'set-aside' }
    }
  }
}
