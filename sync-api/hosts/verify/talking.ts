// Questions over a connection and their answers: subscribe, push, pull.
import { sameBytes } from '../../protocol/bytes'
import { channelKey, toBase64Url, type ChannelRef } from '../../protocol/ids'
import type { Cursor, Entry, Push, ServerMessage, Subscribed } from '../../protocol/messages'
import type { Inbox } from './inbox'
import { pagesMax } from './limits'
import type { Person } from './person'
import { expect, Wrong } from './report'
import type { Socket } from './socket'

export const beginning: Cursor = new Uint8Array(0)

type Ack = Extract<ServerMessage, { type: 'ack' }>
type CatchUp = Extract<ServerMessage, { type: 'catch-up' }>

/** What comes back for the channel; `nonce` makes the document. */
export async function subscribe(
  socket: Socket,
  { document, channel }: ChannelRef,
  nonce: string | null = null
): Promise<Subscribed> {
  const key = channelKey({ document, channel })
  socket.say({ type: 'subscribe', items: [{ document, channel, cursor: beginning, nonce }] })
  const answer = await socket.hearAny('answer to a subscribe', (message) => {
    if (message.type === 'subscribed') return message.items.some((item) => channelKey(item) === key)
    return message.type === 'error'
  })
  if (answer.type !== 'subscribed') throw new Wrong(`a subscribe was answered ${wordsOf(answer)}`)
  return answer.items.find((item) => channelKey(item) === key)!
}

/** Whatever the relay says to a push. */
export function answerTo(inbox: Inbox, push: Push): Promise<ServerMessage> {
  return inbox.hearAny(`answer to push ${push.n}`, (message) => isAnswer(message, push))
}

function isAnswer(message: ServerMessage, { outbox, n }: Push): boolean {
  switch (message.type) {
    case 'ack':
    case 'refused':
    case 'unknown':
      return message.outbox === outbox && message.n === n
    case 'gap':
      return message.outbox === outbox
    default:
      return message.type === 'error'
  }
}

/** Pushes and waits until it is durable. */
export async function pushed(socket: Socket, push: Push): Promise<Ack> {
  socket.say(push)
  return acknowledged(await answerTo(socket, push))
}

/** Throws Wrong unless a push was acknowledged. */
export function acknowledged(answer: ServerMessage | undefined): Ack {
  if (answer?.type === 'ack') return answer
  throw new Wrong(`a push was answered ${wordsOf(answer)}`)
}

/** Waits for a push of somebody else; throws Wrong when its bytes are not those pushed. */
export async function hearEntry(inbox: Inbox, push: Push, limitMs?: number): Promise<Entry> {
  const has = (entry: Entry): boolean => entry.outbox === push.outbox && entry.n === push.n
  const message = await inbox.hear('entry', ({ entries }) => entries.some(has), limitMs)
  const entry = message.entries.find(has)!
  expect(sameBytes(entry.update, push.update), 'the bytes told are not the bytes pushed')
  return entry
}

export type Pulled = {
  readonly entries: readonly Entry[]
  readonly cursor: Cursor
  readonly pages: number
  /** Pages that the socket would not carry. */
  readonly overHttp: number
}

/** Everything after `from`, over the socket and where that says so over HTTP. */
export function pullAll(
  socket: Socket,
  person: Person,
  ref: ChannelRef,
  from = beginning
): Promise<Pulled> {
  return walk(from, async (cursor) => {
    const { answer, again } = await asked(socket, ref, cursor)
    const page = pageOf(answer)
    if (!page.overHttp) return { page, again }
    return { page: await pullOverHttp(person, ref, cursor), overHttp: 1 }
  })
}

/** Everything after `from` over HTTP. */
export function pullAllOverHttp(
  person: Person,
  ref: ChannelRef,
  from = beginning
): Promise<Pulled> {
  return walk(from, async (cursor) => ({ page: await pullOverHttp(person, ref, cursor) }))
}

type Step = {
  readonly page: CatchUp
  readonly overHttp?: number
  /** The same was asked before, and this may be the answer of that time: what came since is behind it. */
  readonly again?: boolean
}

async function walk(from: Cursor, next: (cursor: Cursor) => Promise<Step>): Promise<Pulled> {
  const entries: Entry[] = []
  let cursor = from
  let overHttp = 0
  for (let pages = 1; pages <= pagesMax; pages++) {
    const { page, again = false, overHttp: asks = 0 } = await next(cursor)
    expect(sameBytes(page.from, cursor), 'a page begins elsewhere than at its cursor')
    entries.push(...page.entries)
    cursor = page.to
    overHttp += asks
    const isLast = !page.more && !(again && page.entries.length > 0)
    if (isLast) return { entries, cursor, pages, overHttp }
  }
  throw new Wrong(`pulling does not end after ${pagesMax} pages`)
}

/** One page, whatever it carries. */
export async function pullPage(
  socket: Socket,
  { document, channel }: ChannelRef,
  cursor: Cursor
): Promise<CatchUp> {
  return pageOf(await answerToPull(socket, { document, channel }, cursor))
}

/** Where a connection asked from: an answer made by somebody who may be asked twice may come twice. */
const askedFrom = new WeakMap<Socket, Set<string>>()

/** Whatever the relay says to a pull. */
export async function answerToPull(
  socket: Socket,
  ref: ChannelRef,
  cursor: Cursor
): Promise<ServerMessage> {
  return (await asked(socket, ref, cursor)).answer
}

/** What is said to a pull, and whether the same was asked before: then it may be the answer of that time. */
async function asked(
  socket: Socket,
  { document, channel }: ChannelRef,
  cursor: Cursor
): Promise<{ readonly answer: ServerMessage; readonly again: boolean }> {
  const key = channelKey({ document, channel })
  const nameOf = (from: Cursor): string => `${key} ${toBase64Url(from)}`
  const before = askedFrom.get(socket) ?? new Set()
  askedFrom.set(socket, before)
  const again = before.has(nameOf(cursor))
  socket.say({ type: 'pull', document, channel, cursor })
  const answer = await socket.hearAny('answer to a pull', (message) => {
    if (message.type === 'error') return true
    if (!isPage(message) || channelKey(message) !== key) return false
    if (message.type !== 'catch-up' || sameBytes(message.from, cursor)) return true
    // What comes twice is read from the beginning: a page of nothing answers what was asked now.
    const bringsSomething = message.entries.length > 0 || message.more || message.overHttp
    return !(bringsSomething && before.has(nameOf(message.from)))
  })
  before.add(nameOf(cursor))
  return { answer, again }
}

function isPage(message: ServerMessage): message is Extract<ServerMessage, ChannelRef> {
  return message.type === 'catch-up' || message.type === 'resync'
}

async function pullOverHttp(
  person: Person,
  { document, channel }: ChannelRef,
  cursor: Cursor
): Promise<CatchUp> {
  const [answer] = await person.bulk({ type: 'pull', document, channel, cursor })
  const page = pageOf(answer)
  expect(!page.overHttp, 'a pull over HTTP says that it goes over HTTP')
  return page
}

function pageOf(answer: ServerMessage | undefined): CatchUp {
  if (answer?.type === 'catch-up') return answer
  throw new Wrong(`a pull was answered ${wordsOf(answer)}`)
}

/** A message in a few words. */
export function wordsOf(message: ServerMessage | undefined): string {
  switch (message?.type) {
    case undefined:
      return 'nothing'
    case 'error':
      return `error ${message.code}`
    case 'refused':
      return `refused (${message.reason})`
    case 'gap':
      return `gap (it has ${message.have})`
    default:
      return message?.type ?? 'nothing'
  }
}
