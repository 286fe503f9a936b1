// Every document of this device on one connection: hears the relay, the tabs and the store, and has each
// part do its own: schedule who subscribes when, carrier what travels how, presence who is there.
import type { DocumentId, TabId } from '../../sync-api/protocol/ids'
import type { ServerMessage } from '../../sync-api/protocol/messages'
import type { ConnectionState, Notice, Notices } from '../store/notices'
import type { DigestStore, SyncStore } from '../store/ports'
import { createCarrier } from './carrier'
import type { Connection, ConnectionListener } from './connection'
import type { Conversation } from './conversation'
import { createConversations } from './conversations'
import type { KnownDocuments } from './known-documents'
import { createDigests } from './digests'
import { createPresenceDesk } from './presence'
import { createPullGate } from './pull-gate'
import { createRetries } from './retries'
import { createSchedule } from './schedule'
import { isCaughtUp, isWaiting, roleIn } from './session-state'
import { createShown } from './shown'
import type { Post, SyncClock } from './surroundings'
import { documentOf, eventOf } from './wire'

export type ExchangeOptions = {
  readonly store: SyncStore & DigestStore
  readonly notices: Notices
  readonly documents: KnownDocuments
  readonly connect: (listener: ConnectionListener) => Connection
  /** For what is too large for the socket. */
  readonly post: Post
  readonly clock: SyncClock
  /** Runs a task at the end of this turn. */
  readonly later: (task: () => void) => void
  /** Something of our own went wrong; for the log, without content. */
  readonly onFailure: (cause: unknown) => void
}

export type Exchange = {
  start(): Promise<void>
  /** A tab of this browser is gone without a word. */
  forgetTab(tab: TabId): void
  stop(): void
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { store, notices, documents, clock, post, later, onFailure } = options
  const shown = createShown()
  const gate = createPullGate()
  const retries = createRetries(clock)
  const presence = createPresenceDesk((message) => {
    if (conversations.isSubscribed(message.document)) connection.say(message)
  }, notices)
  let pushesInFlightMax = 1
  let state: ConnectionState = { kind: 'connecting' }
  const onOpen = (): void => schedule.open()
  const connection = options.connect({ onOpen, onMessage, onDown, onState })
  /** Whether what is heard now is told by a conversation of this exchange, which knows it. */
  let telling = false
  const conversations = createConversations({
    ...{ store, documents, onFailure },
    notices: { tell },
    say: (ref, effect) => carrier.say(ref, effect),
    onSubscribed: presence.subscribed,
    onStep(document, session) {
      if (session.kind !== 'catching-up') gate.leave(document)
      digests.moved(document)
    },
    onStoreFailure
  })
  const schedule = createSchedule({
    ...{ store, documents, shown, conversations, onForgotten, onFailure }
  })
  const { isForeground } = schedule
  const carrier = createCarrier({
    ...{ connection, post, gate, isForeground, later, hear, onLost, onFailure }
  })
  const digests = createDigests({
    ...{ store, notices, clock, onFailure, say: (message) => connection.say(message) },
    isAtRest: (document) => conversations.isAtRest(document) && isForeground(document)
  })

  function tell(notice: Notice): void {
    telling = true
    try {
      notices.tell(notice)
    } finally {
      telling = false
    }
  }

  // The connection.

  function onState(next: ConnectionState): void {
    state = next
    notices.tell({ kind: 'connection', state })
  }

  function onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        pushesInFlightMax = message.pushesInFlightMax
        carrier.welcome(message.protocol)
        digests.welcome(message.protocol)
        return schedule.welcome()
      case 'subscribed':
        for (const { document, role, stale } of message.items) {
          const answer = { type: 'subscribed', role, stale, pushesInFlightMax } as const
          conversations.get(document)?.dispatch(answer)
          schedule.answered(document)
        }
        return
      case 'differs':
        return message.channel === 'content' ? digests.differs(message.document) : undefined
      case 'schema-raised':
        return tellSchema(options, message.document, message.major)
      case 'awareness':
        return presence.heardThere(message.document, message.people)
      default:
        return hear(message)
    }
  }

  /** A message that concerns at most one document, from the socket or over HTTP. */
  function hear(message: ServerMessage): void {
    const document = documentOf(message)
    const conversation = document === null ? undefined : conversations.get(document)
    if (document === null || conversation === undefined || conversations.isClosed(document)) return
    const event = eventOf(message)
    if (event !== null) conversation.dispatch(event)
    // An ack says nothing of a pull that failed, or of another push: those are still asked again.
    if (message.type === 'ack' && !isWaiting(conversation.session())) retries.done(document)
    if (message.type === 'error') schedule.answered(document)
    // A gap that cannot be closed from here is asked about again until the relay knows better.
    if (message.type === 'gap' || message.type === 'unknown') tryLater(conversation, 0)
    if (message.type === 'error' && message.retryMs > 0) tryLater(conversation, message.retryMs)
  }

  function onDown(): void {
    schedule.down()
    carrier.clear()
    gate.clear()
    retries.clear()
    digests.down()
    for (const conversation of conversations.all()) {
      conversation.dispatch({ type: 'disconnected' })
    }
    presence.down()
  }

  // When something went wrong.

  function onStoreFailure(document: DocumentId, cause: unknown): void {
    onFailure(cause)
    schedule.answered(document)
    retries.later(document, 0, () => schedule.begin(document))
  }

  /** A call by HTTP failed: the same as a frame that got lost. */
  function onLost(document: DocumentId): void {
    if (!conversations.isClosed(document)) tryLater(conversations.of(document), 0)
  }

  function onForgotten(document: DocumentId): void {
    gate.leave(document)
    retries.done(document)
    connection.say({ type: 'unsubscribe', items: [{ document, channel: 'content' }] })
  }

  function tryLater(conversation: Conversation, minMs: number): void {
    retries.later(conversation.ref.document, minMs, () =>
      conversation.dispatch({ type: 'try-again' })
    )
  }

  // What tabs tell.

  function heard(notice: Notice): void {
    switch (notice.kind) {
      case 'written':
      case 'given-back':
        if (notice.ref.channel === 'content') schedule.written(notice.ref.document)
        return
      case 'shows':
        shown.heard(notice)
        if (notice.documents.length === 0) schedule.lookForUnsent()
        notices.tell({ kind: 'connection', state })
        return notice.documents.forEach(tellAbout)
      case 'present':
        return presence.heardHere(notice)
      case 'catalogue':
        return schedule.catalogueChanged()
      case 'set-aside':
        // By the worker, or another tab that leads: what is known here of the channel stands no more.
        return telling ? undefined : schedule.beginAnew(notice.ref.document)
      case 'damaged':
        return schedule.beginAnew(notice.ref.document)
      default:
        return
    }
  }

  /** A tab may have opened it just now and know nothing. */
  function tellAbout(document: DocumentId): void {
    schedule.begin(document)
    gate.hurry(document)
    const session = conversations.of(document).session()
    const role = roleIn(session)
    if (role !== undefined) notices.tell({ kind: 'role', document, role })
    if (isCaughtUp(session)) notices.tell({ kind: 'caught-up', document })
    presence.repeat(document)
    digests.moved(document)
  }

  let stopListening: () => void = () => undefined
  return {
    async start() {
      stopListening = notices.listen(heard)
      await documents.list()
      connection.start()
      notices.tell({ kind: 'who-is-there' })
    },
    forgetTab(tab) {
      presence.forget(tab)
      // In its place, to everybody: what it stored last was told to nobody.
      notices.tell({ kind: 'shows', tab, documents: [], visible: false })
    },
    stop() {
      stopListening()
      connection.stop()
      retries.clear()
      digests.down()
    }
  }
}

/** Also for tabs that open it later, with or without a network. */
function tellSchema(
  { documents, notices, onFailure }: ExchangeOptions,
  document: DocumentId,
  major: number
): void {
  documents.setSchemaMajor(document, major).catch(onFailure)
  notices.tell({ kind: 'schema', document, major })
}
