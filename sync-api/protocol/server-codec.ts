// The bodies of server messages, written and read; codec.ts puts them into frames.
import { errorCodes, refusalReasons, type ErrorCode } from './errors'
import {
  malformed,
  readByte,
  readEntry,
  readFlag,
  readList,
  readLongId,
  readNullable,
  readNumber,
  readOneOf,
  readRef,
  readRole,
  readShortId,
  readSpan,
  readText,
  readVouchedEntry,
  writeByte,
  writeEntry,
  writeFlag,
  writeId,
  writeList,
  writeNullable,
  writeNumber,
  writeRef,
  writeRole,
  writeSpan,
  writeText,
  writeVouchedEntry,
  type In,
  type Out
} from './fields'
import {
  awarenessBytesMax,
  entriesPerMessageMax,
  itemsPerMessageMax,
  labelBytesMax,
  peoplePerMessageMax
} from './limits'
import { serverTypes } from './message-types'
import type { Entry, Presence, ServerMessage, Subscribed } from './messages'

export function writeServerMessage(out: Out, message: ServerMessage): void {
  writeByte(out, serverTypes[nameOf(message)])
  switch (message.type) {
    case 'welcome':
      writeNumber(out, message.protocol)
      writeId(out, message.person)
      writeFlag(out, message.binary)
      writeNumber(out, message.pushesInFlightMax)
      writeNumber(out, message.ticketMs)
      return writeText(out, message.region)
    case 'subscribed':
      return writeList(out, message.items, writeSubscribed)
    case 'catch-up':
      writeRef(out, message)
      writeSpan(out, message)
      writeFlag(out, message.more)
      writeFlag(out, message.overHttp)
      return writeEntries(out, message.entries)
    case 'ack':
      writeRef(out, message)
      writeId(out, message.outbox)
      writeNumber(out, message.n)
      return writeSpan(out, message)
    case 'entry':
      writeRef(out, message)
      writeSpan(out, message)
      return writeEntries(out, message.entries)
    case 'gap':
      writeRef(out, message)
      writeId(out, message.outbox)
      return writeNumber(out, message.have)
    case 'unknown':
      writeRef(out, message)
      writeId(out, message.outbox)
      return writeNumber(out, message.n)
    case 'refused':
      writeRef(out, message)
      writeId(out, message.outbox)
      writeNumber(out, message.n)
      return writeByte(out, refusalReasons.indexOf(message.reason))
    case 'role-changed':
      writeId(out, message.document)
      return writeRole(out, message.role)
    case 'schema-raised':
      writeId(out, message.document)
      return writeNumber(out, message.major)
    case 'resync':
    case 'differs':
      return writeRef(out, message)
    case 'awareness':
      writeId(out, message.document)
      return writeList(out, message.people, writePresence)
    case 'renewed':
      return writeNumber(out, message.ticketMs)
    case 'pong':
      return
    case 'hand-over':
      return writeNumber(out, message.afterMs)
    case 'error':
      writeText(out, message.code)
      writeNullable(out, message.about, writeRef)
      return writeNumber(out, message.retryMs)
  }
}

/** The message, or null for a type this release does not know. */
export function readServerMessage(input: In): ServerMessage | null {
  switch (readByte(input)) {
    case serverTypes.welcome:
      return {
        type: 'welcome',
        protocol: readNumber(input),
        person: readLongId(input),
        binary: readFlag(input),
        pushesInFlightMax: readNumber(input),
        ticketMs: readNumber(input),
        region: readText(input, labelBytesMax)
      }
    case serverTypes.subscribed:
      return { type: 'subscribed', items: readList(input, itemsPerMessageMax, readSubscribed) }
    case serverTypes['catch-up']:
      return readCatchUp(input, readEntry)
    case serverTypes['vouched-catch-up']:
      return readCatchUp(input, readVouchedEntry)
    case serverTypes.ack:
      return {
        type: 'ack',
        ...readRef(input),
        outbox: readShortId(input),
        n: readNumber(input),
        ...readSpan(input)
      }
    case serverTypes.entry:
      return readNewEntries(input, readEntry)
    case serverTypes['vouched-entry']:
      return readNewEntries(input, readVouchedEntry)
    default:
      input.at -= 1
      return readShortServerMessage(input)
  }
}

/** Those that carry no entries and no greeting. */
function readShortServerMessage(input: In): ServerMessage | null {
  switch (readByte(input)) {
    case serverTypes.gap:
      return {
        type: 'gap',
        ...readRef(input),
        outbox: readShortId(input),
        have: readNumber(input)
      }
    case serverTypes.unknown:
      return {
        type: 'unknown',
        ...readRef(input),
        outbox: readShortId(input),
        n: readNumber(input)
      }
    case serverTypes.refused:
      return {
        type: 'refused',
        ...readRef(input),
        outbox: readShortId(input),
        n: readNumber(input),
        reason: readOneOf(input, refusalReasons)
      }
    case serverTypes['role-changed']:
      return { type: 'role-changed', document: readLongId(input), role: readRole(input) }
    case serverTypes['schema-raised']:
      return { type: 'schema-raised', document: readLongId(input), major: readNumber(input) }
    case serverTypes.resync:
      return { type: 'resync', ...readRef(input) }
    case serverTypes.differs:
      return { type: 'differs', ...readRef(input) }
    case serverTypes.awareness:
      return {
        type: 'awareness',
        document: readLongId(input),
        people: readList(input, peoplePerMessageMax, readPresence)
      }
    case serverTypes.renewed:
      return { type: 'renewed', ticketMs: readNumber(input) }
    case serverTypes.pong:
      return { type: 'pong' }
    case serverTypes['hand-over']:
      return { type: 'hand-over', afterMs: readNumber(input) }
    case serverTypes.error:
      return {
        type: 'error',
        code: readErrorCode(input),
        about: readNullable(input, readRef),
        retryMs: readNumber(input)
      }
    default:
      return null
  }
}

function nameOf(message: ServerMessage): keyof typeof serverTypes {
  const { type } = message
  if (type !== 'catch-up' && type !== 'entry') return type
  return areVouched(message.entries) ? `vouched-${type}` : type
}

function areVouched(entries: readonly Entry[]): boolean {
  return entries.some(({ receipt }) => receipt !== undefined)
}

function writeEntries(out: Out, entries: readonly Entry[]): void {
  writeList(out, entries, areVouched(entries) ? writeVouchedEntry : writeEntry)
}

function readCatchUp(input: In, read: (input: In) => Entry): ServerMessage {
  return {
    type: 'catch-up',
    ...readRef(input),
    ...readSpan(input),
    more: readFlag(input),
    overHttp: readFlag(input),
    entries: readList(input, entriesPerMessageMax, read)
  }
}

function readNewEntries(input: In, read: (input: In) => Entry): ServerMessage {
  return {
    type: 'entry',
    ...readRef(input),
    ...readSpan(input),
    entries: readList(input, entriesPerMessageMax, read)
  }
}

function writeSubscribed(out: Out, item: Subscribed): void {
  writeRef(out, item)
  writeRole(out, item.role)
  writeNumber(out, item.epoch)
  writeFlag(out, item.stale)
}

function readSubscribed(input: In): Subscribed {
  return {
    ...readRef(input),
    role: readRole(input),
    epoch: readNumber(input),
    stale: readFlag(input)
  }
}

function writePresence(out: Out, presence: Presence): void {
  writeId(out, presence.person)
  writeId(out, presence.tab)
  writeNullable(out, presence.state, writeText)
}

function readPresence(input: In): Presence {
  return {
    person: readLongId(input),
    tab: readShortId(input),
    state: readNullable(input, (inner) => readText(inner, awarenessBytesMax))
  }
}

function readErrorCode(input: In): ErrorCode {
  const text = readText(input, labelBytesMax)
  if (!isErrorCode(text)) throw malformed(`unknown error code ${text}`)
  return text
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text)
}
