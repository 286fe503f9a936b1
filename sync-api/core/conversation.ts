// What each message of a welcomed connection does.
import { encodeServerMessage } from '../protocol/codec'
import type { ErrorCode } from '../protocol/errors'
import { channelKey, type ChannelRef, type PersonId } from '../protocol/ids'
import {
  pageBytesMax,
  socketCheckpointBytesMax,
  subscriptionsPerConnectionMax
} from '../protocol/limits'
import type { ClientMessage, Cursor, Push, Subscribed, SubscribeItem } from '../protocol/messages'
import { mayRead, mayWrite } from '../protocol/roles'
import type { Access } from './access'
import type { Written } from './authorship'
import type { Awareness } from './awareness'
import type { CatchUp } from './catch-up'
import type { Digests } from './digests'
import type { Channel, Connection, Subscription } from './subscription'
import type { Documents } from './document'
import type { FanOut } from './fan-out'
import { pullsAtOnceMax, retryMs } from './limits'
import type { Clock, Gateway, Tickets } from './ports'
import type { SchemaFence } from './schema-fence'
import { lookUp, refOf, standing, withoutRight, type Looked } from './subscribing'
import type { TurnedAway } from './turned-away'
import type { UnderWay } from './under-way'

type Said = Exclude<ClientMessage, { type: 'hello' }>

export type Conversation = {
  /**
   * Handles one message. A promise when what comes after must wait for it, else null; the promise
   * never rejects.
   */
  handle(connection: Connection, message: Said): Promise<void> | null
  /** Ends a subscription, and with it presence. */
  leave(subscription: Subscription): void
  /** Ends all that a connection had. */
  end(connection: Connection): void
}

type Parts = {
  readonly access: Access
  readonly awareness: Awareness
  readonly catchUp: CatchUp
  readonly digests: Digests
  readonly documents: Documents
  readonly fanOut: FanOut
  readonly fence: SchemaFence
  readonly gateway: Gateway
  readonly turnedAway: TurnedAway
  readonly underWay: UnderWay
  readonly tickets: Tickets
  readonly clock: Clock
  readonly entryOf: (push: Push, person: PersonId) => Written
  readonly report: (what: string, cause: unknown) => void
  /** Called when nobody writes to the channel for the moment, or it is read from its beginning. */
  readonly onAtRest: (channel: Channel) => void
}

/** An item with its channel; without one where the person may not read. */
type Opened = Looked & { readonly channel: Channel | null }

const pong = encodeServerMessage({ type: 'pong' })

export function createConversation(parts: Parts): Conversation {
  const { access, awareness, catchUp, documents, fanOut, gateway, tickets, clock } = parts
  const { digests, entryOf, fence, report, onAtRest, turnedAway, underWay } = parts

  function handle(connection: Connection, message: Said): Promise<void> | null {
    switch (message.type) {
      case 'push':
        return raised(connection, message) ?? push(connection, message)
      case 'awareness':
        return present(connection, message)
      case 'subscribe':
        return guarded(connection, [], () => subscribe(connection, message.items))
      case 'unsubscribe':
        message.items.forEach((item) => unsubscribe(connection, item))
        return null
      case 'pull':
        return pull(connection, message, message.cursor)
      case 'renew':
        underWay.add(guarded(connection, [], () => renew(connection, message.ticket)))
        return null
      case 'ping':
        gateway.send(connection.id, pong)
        return null
      case 'digest':
        underWay.add(digests.compare(connection, message))
        return null
    }
  }
  /** Storage may fail: then the client is told of each channel to come again, and the operator why. */
  async function guarded(
    connection: Connection,
    about: readonly ChannelRef[],
    run: () => Promise<void>
  ): Promise<void> {
    try {
      await run()
    } catch (cause) {
      const [first] = about
      report(`Could not answer ${first === undefined ? 'a connection' : channelKey(first)}`, cause)
      for (const ref of about) tell(connection, 'storage-failed', refOf(ref), retryMs)
      if (first === undefined) tell(connection, 'storage-failed', null, retryMs)
    }
  }

  /** Null for a push that raises no schema. */
  function raised(connection: Connection, message: Push): Promise<void> | null {
    const raising = fence.raise(message, connection.person)
    if (raising === null) return null
    return guarded(connection, [message], async () => {
      await raising
      await push(connection, message)
    })
  }

  function push(connection: Connection, message: Push): Promise<void> | null {
    const { person, subscriptions } = connection
    const standing = subscriptions.get(channelKey(message))
    if (standing === undefined) {
      return guarded(connection, [message], () => pushUnsubscribed(connection, message))
    }
    const { channel, role } = standing
    const wait = documents.prepare(channel)
    if (wait !== null)
      return guarded(connection, [message], () => pushAfter(connection, message, wait))
    documents.push(channel, message, entryOf(message, person), role, connection)
    return null
  }

  /** From the start again: the role may be another by then. */
  async function pushAfter(
    connection: Connection,
    message: Push,
    wait: Promise<void>
  ): Promise<void> {
    await wait
    await push(connection, message)
  }

  /** Nobody has to listen in order to write. */
  async function pushUnsubscribed(connection: Connection, message: Push): Promise<void> {
    const { person } = connection
    const channel = await documents.open(message)
    try {
      let role = await access.role(message.document, person)
      if (mayWrite(role, message.channel)) await documents.prepared(channel)
      const now = access.roleNow(message.document, person)
      if (now !== undefined) role = now
      documents.push(channel, message, entryOf(message, person), role, connection)
    } finally {
      documents.release(channel)
    }
  }

  async function subscribe(connection: Connection, items: readonly SubscribeItem[]): Promise<void> {
    const tried = await Promise.all(items.map((item) => openItem(connection, item)))
    const opened = tried.flat()
    if (opened.length === 0 && items.length > 0) return
    // From here on nothing waits: no entry comes between an answer and what it says.
    const answers = opened.map((one) => listen(connection, one))
    connection.answer({ type: 'subscribed', items: answers.filter((one) => one !== null) })
    for (const { item } of opened) tellLate(connection, item)
    for (const { item, channel } of opened) {
      if (channel?.ref.channel === 'content') fence.tell(item.document, connection)
    }
    for (const { channel } of opened) {
      if (channel === null) continue
      if (channel.ref.channel === 'content') awareness.welcome(connection, channel)
      documents.release(channel)
    }
  }

  /** Empty when it cannot be read, which is said: the others of the subscribe are not kept back. */
  async function openItem(connection: Connection, item: SubscribeItem): Promise<readonly Opened[]> {
    const opened: Opened[] = []
    await guarded(connection, [item], async () => {
      opened.push(await opening(await lookUp(access, connection.person, item)))
    })
    return opened
  }

  /** Somebody gave the right while the subscribe was worked on: too late for it, so it is said now. */
  function tellLate(connection: Connection, { document, channel }: ChannelRef): void {
    if (connection.subscriptions.has(channelKey({ document, channel }))) return
    const role = access.roleNow(document, connection.person) ?? null
    if (!mayRead(role, channel) || !turnedAway.remove(connection, document)) return
    connection.answer({ type: 'role-changed', document, role })
  }

  async function opening(looked: Looked): Promise<Opened> {
    return { ...looked, channel: looked.role === null ? null : await documents.open(looked.item) }
  }

  function listen(
    connection: Connection,
    { item, role: looked, channel }: Opened
  ): Subscribed | null {
    // The rights may have changed while the channel was read.
    const now = access.roleNow(item.document, connection.person)
    const role = now === undefined ? looked : now
    const open = connection.phase.kind !== 'closed'
    if (role === null || channel === null || !mayRead(role, item.channel)) {
      if (open) turnedAway.add(connection, item.document)
      return withoutRight(item)
    }
    turnedAway.remove(connection, item.document)
    const listening = new Set([...connection.standing, ...connection.subscriptions.keys()])
    const isNew = !listening.has(channel.key)
    if (isNew && listening.size >= subscriptionsPerConnectionMax) {
      tell(connection, 'over-limit', channel.ref, 0)
      return null
    }
    if (open) fanOut.listen(connection, channel, role)
    return standing(item, role, channel)
  }

  function unsubscribe(connection: Connection, ref: ChannelRef): void {
    turnedAway.remove(connection, ref.document)
    const subscription = connection.subscriptions.get(channelKey(ref))
    if (subscription !== undefined) leave(subscription)
  }

  function leave(subscription: Subscription): void {
    const { connection, channel } = subscription
    if (channel.ref.channel === 'content') awareness.leave(connection, channel)
    fanOut.leave(subscription)
    if (channel.listeners.size === 0) onAtRest(channel)
    documents.forget(channel)
  }

  function end(connection: Connection): void {
    for (const subscription of connection.subscriptions.values()) leave(subscription)
    turnedAway.end(connection)
  }

  /** Pages are read beside other messages: cursors say where they belong. */
  function pull(connection: Connection, ref: ChannelRef, cursor: Cursor): Promise<void> | null {
    const about = refOf(ref)
    if (connection.pulls >= pullsAtOnceMax) {
      tell(connection, 'over-limit', about, retryMs)
      return null
    }
    connection.pulls += 1
    const done = guarded(connection, [about], () => answerPull(connection, about, cursor))
    underWay.add(done.finally(() => (connection.pulls -= 1)))
    return null
  }

  async function answerPull(reader: Connection, ref: ChannelRef, at: Cursor): Promise<void> {
    const subscription = reader.subscriptions.get(channelKey(ref))
    const role = subscription?.role ?? (await access.role(ref.document, reader.person))
    if (!mayRead(role, ref.channel)) return tell(reader, 'not-found', ref, 0)
    const alone = at.length === 0 && reader.pulls === 1
    const checkpointMax = alone ? socketCheckpointBytesMax : pageBytesMax
    const { protocol } = reader
    const page = await catchUp.page(ref, at, pageBytesMax, checkpointMax, protocol)
    // The right may have gone while the page was read.
    const now = await access.role(ref.document, reader.person)
    if (!mayRead(now, ref.channel)) return tell(reader, 'not-found', ref, 0)
    reader.answer(page)
    if (at.length === 0 && subscription !== undefined) onAtRest(subscription.channel)
  }

  function present(
    connection: Connection,
    message: Extract<Said, { type: 'awareness' }>
  ): Promise<void> | null {
    const about: ChannelRef = { document: message.document, channel: 'content' }
    const subscription = connection.subscriptions.get(channelKey(about))
    if (subscription === undefined) tell(connection, 'not-found', about, 0)
    else if (!awareness.set(connection, subscription.channel, message)) {
      tell(connection, 'over-limit', about, retryMs)
    }
    return null
  }

  async function renew(connection: Connection, ticket: string): Promise<void> {
    const claims = await tickets.verify(ticket)
    if (claims === null || claims.person !== connection.person) {
      return tell(connection, 'ticket-invalid', null, 0)
    }
    connection.expiresAt = Math.max(connection.expiresAt, claims.expiresAt)
    const ticketMs = Math.max(0, connection.expiresAt - clock.now())
    connection.answer({ type: 'renewed', ticketMs })
  }

  function tell(
    connection: Connection,
    code: ErrorCode,
    about: ChannelRef | null,
    retry: number
  ): void {
    connection.answer({ type: 'error', code, about, retryMs: retry })
  }

  return { handle, leave, end }
}
