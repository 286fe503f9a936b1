// Messages to bytes and back. Trusts nothing: any bytes give messages or one ProtocolError.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as string from 'lib0/string'
import { errorCodes, ProtocolError, refusalReasons, type ErrorCode } from './errors'
import {
  fromBase64Url,
  idOf,
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type DocumentId,
  type OutboxId,
  type PersonId,
  type TabId,
  type WriterId
} from './ids'
import {
  awarenessBytesMax,
  bulkBytesMax,
  cursorBytesMax,
  itemsPerMessageMax,
  peoplePerMessageMax,
  ticketLengthMax,
  updateBytesMax,
  writersPerPushMax
} from './limits'
import type {
  ClientMessage,
  Entry,
  Presence,
  ServerMessage,
  Subscribed,
  SubscribeItem
} from './messages'
import { channels, roles, type Role } from './roles'

// Type numbers. A number is never reused; 40 and 41 are kept for `everywhere` and `heads`.
const clientTypes = {
  hello: 1,
  subscribe: 2,
  unsubscribe: 3,
  pull: 4,
  push: 5,
  awareness: 6,
  renew: 7,
  ping: 8
} as const
const serverTypes = {
  welcome: 20,
  subscribed: 21,
  'catch-up': 22,
  ack: 23,
  entry: 24,
  gap: 25,
  refused: 26,
  'role-changed': 27,
  resync: 28,
  awareness: 29,
  renewed: 30,
  pong: 31,
  'hand-over': 32,
  error: 33
} as const

type In = decoding.Decoder
type Out = encoding.Encoder

/** Bytes of one client message, without the length a frame puts before it. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  return encoding.encode((out) => {
    encoding.writeUint8(out, clientTypes[message.type])
    writeClientBody(out, message)
  })
}

/** Bytes of one server message, without the length a frame puts before it. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return encoding.encode((out) => {
    encoding.writeUint8(out, serverTypes[message.type])
    writeServerBody(out, message)
  })
}

/** Encoded messages as one frame: each with its length before it, in order. */
export function joinFrame(messages: readonly Uint8Array[]): Uint8Array {
  return encoding.encode((out) => {
    for (const message of messages) encoding.writeVarUint8Array(out, message)
  })
}

/**
 * The messages of a frame, in order. Types this release does not know are left out, so that a
 * newer peer may say more. Throws ProtocolError on anything malformed.
 */
export function decodeClientFrame(frame: Uint8Array): ClientMessage[] {
  return decodeFrame(frame, readClientMessage)
}

/** As `decodeClientFrame`, for what a relay sent. */
export function decodeServerFrame(frame: Uint8Array): ServerMessage[] {
  return decodeFrame(frame, readServerMessage)
}

function decodeFrame<M>(frame: Uint8Array, read: (input: In) => M | null): M[] {
  try {
    return readFrame(frame, read)
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause
    // lib0 throws plain errors at the end of the array and on numbers beyond 2^53.
    throw malformed(cause instanceof Error ? cause.message : String(cause))
  }
}

function readFrame<M>(frame: Uint8Array, read: (input: In) => M | null): M[] {
  if (frame.length > bulkBytesMax) throw malformed(`${frame.length} bytes in one frame`)
  const messages: M[] = []
  const input = decoding.createDecoder(frame)
  while (decoding.hasContent(input)) {
    const body = decoding.createDecoder(readBytes(input, bulkBytesMax))
    const message = read(body)
    if (message === null) continue
    if (decoding.hasContent(body)) throw malformed('bytes after the end of a message')
    messages.push(message)
  }
  return messages
}

function writeClientBody(out: Out, message: ClientMessage): void {
  switch (message.type) {
    case 'hello':
      encoding.writeVarUint(out, message.protocol)
      encoding.writeVarUint(out, message.schema.major)
      encoding.writeVarUint(out, message.schema.minor)
      return encoding.writeVarString(out, message.release)
    case 'subscribe':
      return writeList(out, message.items, writeSubscribeItem)
    case 'unsubscribe':
      return writeList(out, message.items, writeRef)
    case 'pull':
      writeRef(out, message)
      return encoding.writeVarUint8Array(out, message.cursor)
    case 'push':
      writeRef(out, message)
      encoding.writeVarUint(out, message.epoch)
      encoding.writeVarUint(out, message.schemaMajor)
      writeList(out, message.writers, writeId)
      return writeEntry(out, message)
    case 'awareness':
      writeId(out, message.document)
      writeId(out, message.tab)
      return writeNullable(out, message.state, encoding.writeVarString)
    case 'renew':
      return encoding.writeVarString(out, message.ticket)
    case 'ping':
      return
  }
}

function readClientMessage(input: In): ClientMessage | null {
  switch (decoding.readUint8(input)) {
    case clientTypes.hello:
      return {
        type: 'hello',
        protocol: decoding.readVarUint(input),
        schema: { major: decoding.readVarUint(input), minor: decoding.readVarUint(input) },
        release: readText(input, 64)
      }
    case clientTypes.subscribe:
      return { type: 'subscribe', items: readList(input, itemsPerMessageMax, readSubscribeItem) }
    case clientTypes.unsubscribe:
      return { type: 'unsubscribe', items: readList(input, itemsPerMessageMax, readRef) }
    case clientTypes.pull:
      return { type: 'pull', ...readRef(input), cursor: readBytes(input, cursorBytesMax) }
    case clientTypes.push:
      return {
        type: 'push',
        ...readRef(input),
        epoch: decoding.readVarUint(input),
        schemaMajor: decoding.readVarUint(input),
        writers: readList(input, writersPerPushMax, readShortId<WriterId>),
        ...readEntry(input)
      }
    case clientTypes.awareness:
      return { type: 'awareness', document: readLongId(input), ...readPresence(input) }
    case clientTypes.renew:
      return { type: 'renew', ticket: readText(input, ticketLengthMax) }
    case clientTypes.ping:
      return { type: 'ping' }
    default:
      return null
  }
}

function writeServerBody(out: Out, message: ServerMessage): void {
  switch (message.type) {
    case 'welcome':
      encoding.writeVarUint(out, message.protocol)
      writeId(out, message.person)
      writeFlag(out, message.binary)
      encoding.writeVarUint(out, message.pushesInFlightMax)
      encoding.writeVarUint(out, message.ticketMs)
      return encoding.writeVarString(out, message.region)
    case 'subscribed':
      return writeList(out, message.items, writeSubscribed)
    case 'catch-up':
      writeRef(out, message)
      writeSpan(out, message)
      writeFlag(out, message.more)
      writeFlag(out, message.overHttp)
      return writeList(out, message.entries, writeEntry)
    case 'ack':
      writeRef(out, message)
      writeId(out, message.outbox)
      encoding.writeVarUint(out, message.n)
      return writeSpan(out, message)
    case 'entry':
      writeRef(out, message)
      writeSpan(out, message)
      return writeList(out, message.entries, writeEntry)
    case 'gap':
      writeRef(out, message)
      writeId(out, message.outbox)
      return encoding.writeVarUint(out, message.have)
    case 'refused':
      writeRef(out, message)
      writeId(out, message.outbox)
      encoding.writeVarUint(out, message.n)
      return encoding.writeUint8(out, refusalReasons.indexOf(message.reason))
    case 'role-changed':
      writeId(out, message.document)
      return writeRole(out, message.role)
    case 'resync':
      return writeRef(out, message)
    case 'awareness':
      writeId(out, message.document)
      return writeList(out, message.people, writePerson)
    case 'renewed':
      return encoding.writeVarUint(out, message.ticketMs)
    case 'pong':
      return
    case 'hand-over':
      return encoding.writeVarUint(out, message.afterMs)
    case 'error':
      encoding.writeVarString(out, message.code)
      writeNullable(out, message.about, writeRef)
      return encoding.writeVarUint(out, message.retryMs)
  }
}

function readServerMessage(input: In): ServerMessage | null {
  switch (decoding.readUint8(input)) {
    case serverTypes.welcome:
      return {
        type: 'welcome',
        protocol: decoding.readVarUint(input),
        person: readLongId(input),
        binary: readFlag(input),
        pushesInFlightMax: decoding.readVarUint(input),
        ticketMs: decoding.readVarUint(input),
        region: readText(input, 64)
      }
    case serverTypes.subscribed:
      return { type: 'subscribed', items: readList(input, itemsPerMessageMax, readSubscribed) }
    case serverTypes['catch-up']:
      return {
        type: 'catch-up',
        ...readRef(input),
        ...readSpan(input),
        more: readFlag(input),
        overHttp: readFlag(input),
        entries: readList(input, Infinity, readEntry)
      }
    case serverTypes.ack:
      return {
        type: 'ack',
        ...readRef(input),
        outbox: readShortId(input),
        n: decoding.readVarUint(input),
        ...readSpan(input)
      }
    case serverTypes.entry:
      return {
        type: 'entry',
        ...readRef(input),
        ...readSpan(input),
        entries: readList(input, Infinity, readEntry)
      }
    case serverTypes.gap:
      return {
        type: 'gap',
        ...readRef(input),
        outbox: readShortId(input),
        have: decoding.readVarUint(input)
      }
    case serverTypes.refused:
      return {
        type: 'refused',
        ...readRef(input),
        outbox: readShortId(input),
        n: decoding.readVarUint(input),
        reason: oneOf(refusalReasons, decoding.readUint8(input))
      }
    case serverTypes['role-changed']:
      return { type: 'role-changed', document: readLongId(input), role: readRole(input) }
    case serverTypes.resync:
      return { type: 'resync', ...readRef(input) }
    case serverTypes.awareness:
      return {
        type: 'awareness',
        document: readLongId(input),
        people: readList(input, peoplePerMessageMax, readPerson)
      }
    case serverTypes.renewed:
      return { type: 'renewed', ticketMs: decoding.readVarUint(input) }
    case serverTypes.pong:
      return { type: 'pong' }
    case serverTypes['hand-over']:
      return { type: 'hand-over', afterMs: decoding.readVarUint(input) }
    case serverTypes.error:
      return {
        type: 'error',
        code: readErrorCode(input),
        about: readNullable(input, readRef),
        retryMs: decoding.readVarUint(input)
      }
    default:
      return null
  }
}

// Pairs for the parts that messages share.

function writeRef(out: Out, ref: ChannelRef): void {
  writeId(out, ref.document)
  encoding.writeUint8(out, channels.indexOf(ref.channel))
}

function readRef(input: In): ChannelRef {
  return { document: readLongId(input), channel: oneOf(channels, decoding.readUint8(input)) }
}

function writeEntry(out: Out, entry: Entry): void {
  writeId(out, entry.outbox)
  encoding.writeVarUint(out, entry.n)
  encoding.writeVarUint8Array(out, entry.update)
}

function readEntry(input: In): Entry {
  return {
    outbox: readShortId(input),
    n: decoding.readVarUint(input),
    update: readBytes(input, updateBytesMax)
  }
}

function writeSpan(out: Out, span: { from: Uint8Array; to: Uint8Array }): void {
  encoding.writeVarUint8Array(out, span.from)
  encoding.writeVarUint8Array(out, span.to)
}

function readSpan(input: In): { from: Uint8Array; to: Uint8Array } {
  return { from: readBytes(input, cursorBytesMax), to: readBytes(input, cursorBytesMax) }
}

function writeSubscribeItem(out: Out, item: SubscribeItem): void {
  writeRef(out, item)
  encoding.writeVarUint8Array(out, item.cursor)
  writeNullable(out, item.nonce, encoding.writeVarString)
}

function readSubscribeItem(input: In): SubscribeItem {
  return {
    ...readRef(input),
    cursor: readBytes(input, cursorBytesMax),
    nonce: readNullable(input, (inner) => readText(inner, 64))
  }
}

function writeSubscribed(out: Out, item: Subscribed): void {
  writeRef(out, item)
  writeRole(out, item.role)
  encoding.writeVarUint(out, item.epoch)
  writeFlag(out, item.stale)
}

function readSubscribed(input: In): Subscribed {
  return {
    ...readRef(input),
    role: readRole(input),
    epoch: decoding.readVarUint(input),
    stale: readFlag(input)
  }
}

function writePerson(out: Out, presence: Presence): void {
  writeId(out, presence.person)
  writeId(out, presence.tab)
  writeNullable(out, presence.state, encoding.writeVarString)
}

function readPerson(input: In): Presence {
  return { person: readLongId(input), ...readPresence(input) }
}

function readPresence(input: In): Pick<Presence, 'tab' | 'state'> {
  return {
    tab: readShortId(input),
    state: readNullable(input, (inner) => readText(inner, awarenessBytesMax))
  }
}

function writeRole(out: Out, role: Role | null): void {
  encoding.writeUint8(out, role === null ? 0 : roles.indexOf(role) + 1)
}

function readRole(input: In): Role | null {
  const index = decoding.readUint8(input)
  return index === 0 ? null : oneOf(roles, index - 1)
}

function writeId(out: Out, id: string): void {
  encoding.writeUint8Array(out, fromBase64Url(id))
}

function readLongId<T extends DocumentId | PersonId>(input: In): T {
  return idOf<T>(decoding.readUint8Array(input, longIdBytes))
}

function readShortId<T extends OutboxId | WriterId | TabId>(input: In): T {
  return idOf<T>(decoding.readUint8Array(input, shortIdBytes))
}

function readErrorCode(input: In): ErrorCode {
  const text = readText(input, 64)
  if (!Object.hasOwn(errorCodes, text)) throw malformed(`unknown error code ${text}`)
  return text as ErrorCode
}

// Primitives with bounds: lib0 checks the end of the array, not what is reasonable.

function readBytes(input: In, max: number): Uint8Array {
  const length = decoding.readVarUint(input)
  if (length > max) throw malformed(`${length} bytes where at most ${max} may be`)
  return decoding.readUint8Array(input, length)
}

function readText(input: In, bytesMax: number): string {
  return string.decodeUtf8(readBytes(input, bytesMax))
}

function writeFlag(out: Out, flag: boolean): void {
  encoding.writeUint8(out, flag ? 1 : 0)
}

function readFlag(input: In): boolean {
  const byte = decoding.readUint8(input)
  if (byte > 1) throw malformed(`${byte} where a flag should be`)
  return byte === 1
}

function writeNullable<T>(out: Out, value: T | null, write: (out: Out, value: T) => void): void {
  writeFlag(out, value !== null)
  if (value !== null) write(out, value)
}

function readNullable<T>(input: In, read: (input: In) => T): T | null {
  return readFlag(input) ? read(input) : null
}

function writeList<T>(out: Out, items: readonly T[], write: (out: Out, item: T) => void): void {
  encoding.writeVarUint(out, items.length)
  for (const item of items) write(out, item)
}

function readList<T>(input: In, max: number, read: (input: In) => T): T[] {
  const length = decoding.readVarUint(input)
  if (length > max) throw malformed(`${length} items where at most ${max} may be`)
  const items: T[] = []
  // Each item takes at least a byte, so the loop ends with the input and not with the number.
  for (let at = 0; at < length; at++) items.push(read(input))
  return items
}

function oneOf<T>(all: readonly T[], index: number): T {
  const found = all[index]
  if (found === undefined) throw malformed(`${index} is none of ${all.length} kinds`)
  return found
}

function malformed(detail: string): ProtocolError {
  return new ProtocolError('bad-frame', detail)
}
