// What a connection says in one event: heard by the relay's core, with what its host has to keep for it between two events.
import { allOf } from '../../core/all-of'
import type { Member, Place } from '../../adapters/aws/connections'
import { metricNames } from '../../adapters/aws/metric-names'
import { meetChunks } from '../../adapters/aws/chunk-rows'
import { orNull } from '../../adapters/aws/tail'
import type { ConnectionId } from '../../core/ports'
import { decodeClientFrame, encodeServerMessage } from '../../protocol/codec'
import { ProtocolError, type ErrorCode } from '../../protocol/errors'
import { channelKey, type ChannelRef } from '../../protocol/ids'
import type { ClientMessage, Digest, ServerMessage, SubscribeItem } from '../../protocol/messages'
import { roleOf } from '../../protocol/rights'
import { peoplePerMessageMax } from '../../protocol/limits'
import { retryMs } from '../../core/limits'
import type { Heard } from './heard'
import type { Said } from './outboxes'
import type { Region } from './region'
import { handOverIfLong } from './long-answers'
import { wishesOf } from './wishes'

/** Answers what the connection is to be told. Rejects where the region cannot answer: then it says the same again elsewhere. */
export async function hear(region: Region, heard: Heard): Promise<Said> {
  const { relay, connections, outboxes, connectionItems, now } = region
  const { connection, claims } = heard
  let messages: readonly ClientMessage[]
  try {
    const frame = await meetChunks(connectionItems, connection, heard.frame, now())
    if (frame === null) return { messages: [], closed: false }
    messages = decodeClientFrame(frame)
  } catch (cause) {
    if (cause instanceof ProtocolError) return refused(cause.code)
    throw cause
  }
  const before = await connections.find(connection)
  const expiresAt = Math.max(before?.expiresAt ?? 0, claims.expiresAt)
  if (now() >= expiresAt) return refused('ticket-expired')
  const listensTo = messages.some(({ type }) => type === 'subscribe')
    ? new Set((await connections.placesOf(connection)).map(nameOf))
    : new Set<string>()
  relay.connect(
    connection,
    { person: claims.person, expiresAt },
    before === null ? undefined : { protocol: before.protocol, listensTo }
  )
  const hearing: Hearing = { region, heard, entered: new Map() }
  try {
    for (const message of messages) await take(hearing, message)
    await relay.rest()
    if (messages.some(({ type }) => type === 'push')) {
      region.metrics.gauge(metricNames.ackMs, now() - heard.at)
    }
    await keep(hearing, expiresAt)
  } finally {
    relay.disconnect(connection)
  }
  return outboxes.take(connection)
}

function refused(code: ErrorCode): Said {
  const message = encodeServerMessage({ type: 'error', code, about: null, retryMs: 0 })
  return { messages: [message], closed: true }
}

type Hearing = {
  readonly region: Region
  readonly heard: Heard
  /** By name, where it was let in before it was known whether it may. */
  readonly entered: Map<string, Member>
}

async function take(hearing: Hearing, message: ClientMessage): Promise<void> {
  const { region, heard } = hearing
  const { relay } = region
  const { connection, claims } = heard
  const stood = relay.stood(connection)
  if (stood === null) return
  // Nothing may come before the hello; the core says so.
  if (stood.protocol === 0) return greet(hearing, message)
  if (heard.mayHandOver && (await handOverIfLong(region, heard, stood, message))) return
  switch (message.type) {
    case 'subscribe':
      await enter(hearing, message.items)
      break
    case 'unsubscribe':
      await leave(region, connection, message.items)
      return
    case 'awareness':
      return present(hearing, message)
    case 'push':
    case 'pull':
      for (const wish of wishesOf(claims.person, message)) await relay.renew(wish)
      break
    case 'digest':
      await listen(hearing, message)
      break
    case 'hello':
    case 'renew':
    case 'ping':
      break
  }
  relay.receive(connection, message)
}

async function greet({ region, heard }: Hearing, message: ClientMessage): Promise<void> {
  const { relay, connections } = region
  const { connection: id, claims } = heard
  relay.receive(id, message)
  const stood = relay.stood(id)
  if (stood === null || stood.protocol === 0) return
  const { protocol } = stood
  // False for a hello that was said twice at the same time: a message that is none of ours.
  if (!(await connections.greet({ id, ...claims, protocol }))) relay.receive(id, message)
}

/**
 * Lets the connection into the rooms that it asks for, before the core looks at rights and logs: whoever changes either from then
 * on finds it there. What it may not have it leaves in the end.
 */
async function enter(
  { region, heard, entered }: Hearing,
  items: readonly SubscribeItem[]
): Promise<void> {
  const { relay, connections } = region
  const { connection, claims } = heard
  const { person } = claims
  const protocol = relay.stood(connection)?.protocol ?? 0
  const members = await allOf(
    items.map(async ({ document, channel }): Promise<Member> => {
      await relay.renew({ document, channel, person, does: 'read' })
      const role = roleOf(await relay.rights(document), person)
      const place: Place = role === null ? { document, channel: 'away' } : { document, channel }
      return { ...place, connection, person, protocol, role }
    })
  )
  // A document that is made by this very message has nobody yet whom the role could change for.
  for (const member of members) entered.set(nameOf(member), member)
  await connections.enter([...new Map(members.map((one) => [nameOf(one), one])).values()])
  for (const { document } of new Map(members.map((one) => [one.document, one])).values()) {
    await relay.rights(document)
  }
}

/** The copy of somebody who listens is compared: so it does, for as long as this takes. */
async function listen({ region, heard }: Hearing, copy: Digest): Promise<void> {
  const { relay, outboxes } = region
  const { connection, claims } = heard
  const { document, channel } = copy
  for (const wish of wishesOf(claims.person, copy)) await relay.renew(wish)
  const item = { document, channel, cursor: new Uint8Array(0), nonce: null }
  relay.receive(connection, { type: 'subscribe', items: [item] })
  await relay.rest()
  outboxes.take(connection)
}

/** Writes down how the connection stands now. */
async function keep({ region, heard, entered }: Hearing, expiredAt: number): Promise<void> {
  const { relay, connections } = region
  const { connection, claims } = heard
  const stood = relay.stood(connection)
  if (stood === null) return
  if (stood.expiresAt > expiredAt) await connections.renew(connection, stood.expiresAt)
  if (entered.size === 0) return
  const { protocol } = stood
  const member = { connection, person: claims.person, protocol }
  const stands: Member[] = [
    ...stood.listens.map(({ ref, role }) => ({ ...member, ...ref, role })),
    ...stood.turnedAwayFrom.map((document) => ({
      ...{ ...member, document, channel: 'away' as const, role: null }
    }))
  ]
  const names = new Set(stands.map(nameOf))
  const isKept = (one: Member): boolean => entered.get(nameOf(one))?.role === one.role
  await connections.enter(stands.filter((one) => !isKept(one)))
  const left = [...entered.values()].filter((one) => !names.has(nameOf(one)))
  await connections.leave(connection, left)
  await welcome(
    region,
    connection,
    stood.listens.map(({ ref }) => ref)
  )
}

/** Tells a connection who is in the documents that it has come to. */
async function welcome(
  { presence, outboxes }: Region,
  connection: ConnectionId,
  refs: readonly ChannelRef[]
): Promise<void> {
  for (const { document, channel } of refs) {
    if (channel !== 'content') continue
    const others = (await orNull(presence.others(document, connection))) ?? []
    for (let at = 0; at < others.length; at += peoplePerMessageMax) {
      const people = others.slice(at, at + peoplePerMessageMax)
      const message: ServerMessage = { type: 'awareness', document, people }
      outboxes.gateway.send(connection, encodeServerMessage(message))
    }
  }
}

async function leave(
  { connections, presence, rooms }: Region,
  connection: ConnectionId,
  refs: readonly ChannelRef[]
): Promise<void> {
  const waits = refs.map(({ document }): Place => ({ document, channel: 'away' }))
  const places = new Map([...refs, ...waits].map((one) => [nameOf(one), one]))
  await connections.leave(connection, [...places.values()])
  for (const { document, channel } of refs) {
    if (channel !== 'content') continue
    const people = (await orNull(presence.end(document, connection))) ?? []
    if (people.length > 0) rooms.presence(document, connection, people)
  }
}

async function present(
  { region, heard }: Hearing,
  { document, tab, state }: Extract<ClientMessage, { type: 'awareness' }>
): Promise<void> {
  const { connections, presence, rooms, outboxes } = region
  const { connection, claims, at } = heard
  const { person } = claims
  const about: ChannelRef = { document, channel: 'content' }
  const tell = (code: ErrorCode, retry: number): void => {
    const message: ServerMessage = { type: 'error', code, about, retryMs: retry }
    outboxes.gateway.send(connection, encodeServerMessage(message))
  }
  const [members, stands] = await allOf([
    connections.membersOf(document, 'content'),
    orNull(presence.set({ document, person, tab, connection }, state, at))
  ])
  if (!members.some((member) => member.connection === connection)) {
    await orNull(presence.end(document, connection))
    return tell('not-found', 0)
  }
  if (stands === 'full') return tell('over-limit', retryMs)
  // Without the cache nothing says what came too late: people see the newest, as good as always.
  if (stands !== 'late') rooms.show(members, connection, [{ person, tab, state }])
}

function nameOf({ document, channel }: Place): string {
  return channel === 'away' ? `${document}/away` : channelKey({ document, channel })
}
