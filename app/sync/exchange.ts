// Every document of this device on one connection: who subscribes when, and what travels how.
import type { ChannelRef, DocumentId, TabId } from '../../sync-api/protocol/ids'
import { subscriptionsPerConnectionMax } from '../../sync-api/protocol/limits'
import type { ServerMessage } from '../../sync-api/protocol/messages'
import type { ConnectionState, Notice, Notices } from '../store/notices'
import type { SyncStore } from '../store/ports'
import { createCarrier } from './carrier'
import type { Connection, ConnectionListener } from './connection'
import { createConversation, type Conversation } from './conversation'
import type { KnownDocuments } from './known-documents'
import { createPresenceDesk } from './presence'
import { createPullGate } from './pull-gate'
import { createRetries } from './retries'
import { isCaughtUp, roleIn, type Session } from './session-state'
import { createShown } from './shown'
import type { Post, SyncClock } from './surroundings'
import { createSubscribing } from './subscribing'
import { documentOf, eventOf } from './wire'

export type ExchangeOptions = {
  readonly store: SyncStore
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
  const { store, notices, documents, clock } = options
  const conversations = new Map<DocumentId, Conversation>()
  const shown = createShown()
  const gate = createPullGate()
  const retries = createRetries(clock)
  const presence = createPresenceDesk((message) => {
    if (isSubscribed(message.document)) connection.say(message)
  }, notices)
  let pushesInFlightMax = 1
  let open = false
  let unsent = new Set<DocumentId>()
  let state: ConnectionState = { kind: 'connecting' }
  const connection = options.connect({ onOpen, onMessage, onDown, onState })
  const subscribing = createSubscribing(isClosed, begin)
  const carrier = createCarrier({
    connection,
    post: options.post,
    gate,
    isForeground,
    later: options.later,
    hear,
    onLost: (document) => {
      if (!isClosed(document)) tryLater(conversationOf(document), 0)
    },
    onFailure: options.onFailure
  })

  // The connection.

  function onState(next: ConnectionState): void {
    state = next
    notices.tell({ kind: 'connection', state })
  }

  function onOpen(): void {
    open = true
    for (const document of foreground()) begin(document)
  }

  function onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        pushesInFlightMax = message.pushesInFlightMax
        return run(subscribeAll())
      case 'subscribed':
        for (const { document, role, stale } of message.items) {
          const answer = { type: 'subscribed', role, stale, pushesInFlightMax } as const
          conversations.get(document)?.dispatch(answer)
          subscribing.answered(document)
        }
        return
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
    if (document === null || conversation === undefined || isClosed(document)) return
    const event = eventOf(message)
    if (event !== null) conversation.dispatch(event)
    if (message.type === 'ack') retries.done(document)
    if (message.type === 'error') subscribing.answered(document)
    // A gap that cannot be closed from here is asked about again until the relay knows better.
    if (message.type === 'gap') tryLater(conversation, 0)
    if (message.type === 'error' && message.retryMs > 0) tryLater(conversation, message.retryMs)
  }

  function onDown(): void {
    open = false
    subscribing.clear()
    carrier.clear()
    gate.clear()
    retries.clear()
    for (const conversation of conversations.values()) {
      conversation.dispatch({ type: 'disconnected' })
    }
    presence.down()
  }

  // Who subscribes when.

  /** What goes before everything else: what people look at, then the list of documents. */
  function foreground(): readonly DocumentId[] {
    return [...new Set([...shown.inOrder(), documents.library])]
  }

  function isForeground(document: DocumentId): boolean {
    return document === documents.library || shown.has(document)
  }

  async function subscribeAll(): Promise<void> {
    unsent = new Set((await store.pending()).map(({ document }) => document))
    const all = (await documents.list()).slice(0, subscriptionsPerConnectionMax)
    for (const document of all) conversationOf(document)
    if (!open) return
    for (const document of foreground()) begin(document)
    subscribing.fill(all.filter((document) => !isForeground(document)))
  }

  function begin(document: DocumentId): void {
    if (!open || !isClosed(document)) return
    // A document made a moment ago: without its nonce the relay would not know it for ours.
    if (documents.knows(document)) beginKnown(document)
    else run(documents.list().then(() => beginKnown(document)))
  }

  function beginKnown(document: DocumentId): void {
    if (!open || !isClosed(document)) return
    const eager = isForeground(document)
    const nonce = documents.nonceOf(document)
    conversationOf(document).begin({ nonce, eager, unsent: eager || unsent.has(document) })
  }

  /** A person looks at it now. */
  function hurry(document: DocumentId): void {
    conversationOf(document)
    begin(document)
    gate.hurry(document)
  }

  async function catalogueChanged(): Promise<void> {
    const all = new Set(await documents.list())
    for (const { ref } of conversations.values()) {
      const { document } = ref
      if (!all.has(document) && !isForeground(document)) forget(ref)
    }
    for (const document of all) {
      if (conversations.has(document)) continue
      conversationOf(document)
      // Made on this device a moment ago: all that is in it waits to be sent.
      unsent.add(document)
      begin(document)
    }
  }

  function forget(ref: ChannelRef): void {
    conversations.get(ref.document)?.dispatch({ type: 'disconnected' })
    conversations.delete(ref.document)
    gate.leave(ref.document)
    retries.done(ref.document)
    subscribing.answered(ref.document)
    if (open) connection.say({ type: 'unsubscribe', items: [ref] })
  }

  // One document.

  function conversationOf(document: DocumentId): Conversation {
    const known = conversations.get(document)
    if (known !== undefined) return known
    const ref: ChannelRef = { document, channel: 'content' }
    const conversation = createConversation({
      ref,
      store,
      notices,
      say: (effect) => carrier.say(ref, effect),
      onStep: (before, after) => stepped(conversation, before, after),
      onStoreFailure: (cause) => {
        options.onFailure(cause)
        subscribing.answered(document)
        retries.later(document, 0, () => begin(document))
      }
    })
    conversations.set(document, conversation)
    return conversation
  }

  function isClosed(document: DocumentId): boolean {
    return (conversations.get(document)?.session().kind ?? 'closed') === 'closed'
  }

  function isSubscribed(document: DocumentId): boolean {
    const session = conversations.get(document)?.session()
    return session !== undefined && (roleIn(session) ?? null) !== null
  }

  function stepped({ ref }: Conversation, before: Session, after: Session): void {
    const { document } = ref
    if (after.kind !== 'catching-up') gate.leave(document)
    const role = roleIn(after)
    if (role !== undefined && role !== roleIn(before)) {
      run(documents.setRole(document, role))
      notices.tell({ kind: 'role', document, role })
      if (roleIn(before) === undefined) presence.subscribed(document)
    }
    if (isCaughtUp(after) && !isCaughtUp(before)) {
      run(documents.setOnDevice(document))
      notices.tell({ kind: 'caught-up', document })
    }
  }

  function tryLater(conversation: Conversation, minMs: number): void {
    retries.later(conversation.ref.document, minMs, () =>
      conversation.dispatch({ type: 'try-again' })
    )
  }

  // What tabs tell.

  function heard(notice: Notice): void {
    switch (notice.kind) {
      case 'written': {
        const { document, channel } = notice.ref
        if (channel !== 'content') return
        unsent.add(document)
        const conversation = conversationOf(document)
        if (isClosed(document)) begin(document)
        else conversation.dispatch({ type: 'outbox-changed' })
        return
      }
      case 'shows':
        shown.heard(notice)
        notices.tell({ kind: 'connection', state })
        return notice.documents.forEach(tellAbout)
      case 'present':
        return presence.heardHere(notice)
      case 'catalogue':
        return run(catalogueChanged())
      default:
        return
    }
  }

  /** A tab may have opened it just now and know nothing. */
  function tellAbout(document: DocumentId): void {
    hurry(document)
    const session = conversationOf(document).session()
    const role = roleIn(session)
    if (role !== undefined) notices.tell({ kind: 'role', document, role })
    if (isCaughtUp(session)) notices.tell({ kind: 'caught-up', document })
    presence.repeat(document)
  }

  function run(task: Promise<void>): void {
    task.catch(options.onFailure)
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
      shown.forget(tab)
      presence.forget(tab)
    },
    stop() {
      stopListening()
      connection.stop()
      retries.clear()
    }
  }
}
