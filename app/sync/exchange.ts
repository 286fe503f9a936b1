// Every document of this device on one connection: who subscribes when, and what travels how.
import type { ChannelRef, DocumentId, TabId } from '../../sync-api/protocol/ids'
import {
  itemsPerMessageMax,
  socketUpdateBytesMax,
  subscriptionsPerConnectionMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage, SubscribeItem } from '../../sync-api/protocol/messages'
import type { ConnectionState, Notice, Notices } from '../store/notices'
import type { SyncStore } from '../store/ports'
import type { Connection, ConnectionListener } from './connection'
import { createConversation, type Conversation } from './conversation'
import type { KnownDocuments } from './known-documents'
import { createPresenceDesk } from './presence'
import { createPullGate } from './pull-gate'
import { createRetries } from './retries'
import { isCaughtUp, roleIn, type Session, type WireEffect } from './session'
import { createShown } from './shown'
import type { Post, SyncClock } from './surroundings'
import { eventOf, pushOf } from './wire'

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
  /** Closed documents that this connection has yet to subscribe, first ones first. */
  let waiting: DocumentId[] = []
  /** Subscribed in the batch under way, and not answered. */
  const unanswered = new Set<DocumentId>()
  let items: SubscribeItem[] = []
  let unsent = new Set<DocumentId>()
  let state: ConnectionState = { kind: 'connecting' }
  const connection = options.connect({ onOpen, onMessage, onDown, onState })

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
          answered(document)
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
    if (message.type === 'error') answered(document)
    // A gap that cannot be closed from here is asked about again until the relay knows better.
    if (message.type === 'gap') tryLater(conversation, 0)
    if (message.type === 'error' && message.retryMs > 0) tryLater(conversation, message.retryMs)
  }

  function onDown(): void {
    open = false
    waiting = []
    unanswered.clear()
    items = []
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
    waiting = all.filter((document) => isClosed(document) && !isForeground(document))
    for (const document of foreground()) begin(document)
    subscribeNext()
  }

  /** The next batch of closed documents, when the one before it is answered. */
  function subscribeNext(): void {
    if (unanswered.size > 0) return
    const batch = waiting.splice(0, itemsPerMessageMax).filter(isClosed)
    for (const document of batch) {
      unanswered.add(document)
      begin(document)
    }
    if (batch.length === 0 && waiting.length > 0) subscribeNext()
  }

  /** Its subscribe needs no more waiting for, whatever came of it. */
  function answered(document: DocumentId): void {
    if (unanswered.delete(document)) subscribeNext()
  }

  function begin(document: DocumentId): void {
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
    answered(ref.document)
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
      say: (effect) => say(conversation, effect),
      onStep: (before, after) => stepped(conversation, before, after),
      onStoreFailure: (cause) => {
        options.onFailure(cause)
        answered(document)
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

  // What travels how.

  function say(conversation: Conversation, effect: WireEffect): void {
    const { ref } = conversation
    switch (effect.type) {
      case 'subscribe':
        items.push({ ...ref, cursor: effect.cursor, nonce: effect.nonce })
        if (items.length === 1) options.later(saySubscribe)
        return
      case 'pull': {
        const message = { type: 'pull', ...ref, cursor: effect.cursor } as const
        if (effect.overHttp) return run(byHttp(conversation, message))
        // In the frame of its subscribe: that must come first.
        const pull = (): void => options.later(() => connection.say(message))
        return isForeground(ref.document) ? pull() : gate.ask(ref.document, pull)
      }
      case 'push': {
        const message = pushOf(effect)
        const large = effect.batch.update.length > socketUpdateBytesMax
        if (large) run(byHttp(conversation, message))
        else connection.say(message)
      }
    }
  }

  function saySubscribe(): void {
    while (items.length > 0) {
      connection.say({ type: 'subscribe', items: items.splice(0, itemsPerMessageMax) })
    }
  }

  async function byHttp(conversation: Conversation, message: ClientMessage): Promise<void> {
    let answers: readonly ServerMessage[]
    try {
      answers = await options.post([message])
    } catch {
      // No network or a busy relay: the same as a frame that got lost, and asked again.
      if (!isClosed(conversation.ref.document)) tryLater(conversation, 0)
      return
    }
    for (const answer of answers) hear(answer)
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
    notices.tell({ kind: 'connection', state })
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

function documentOf(message: ServerMessage): DocumentId | null {
  switch (message.type) {
    case 'catch-up':
    case 'ack':
    case 'entry':
    case 'gap':
    case 'refused':
    case 'resync':
      return message.channel === 'content' ? message.document : null
    case 'role-changed':
      return message.document
    case 'error':
      return message.about?.channel === 'content' ? message.about.document : null
    default:
      return null
  }
}
