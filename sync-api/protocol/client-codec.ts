// The bodies of client messages, written and read; codec.ts puts them into frames.
import {
  readBytes,
  readByte,
  readDigest,
  readEntry,
  readList,
  readLongId,
  readNullable,
  readNumber,
  readRef,
  readShortId,
  readText,
  readVoucher,
  writeByte,
  writeBytes,
  writeDigest,
  writeEntry,
  writeId,
  writeList,
  writeNullable,
  writeNumber,
  writeRef,
  writeText,
  writeVoucher,
  type In,
  type Out
} from './fields'
import type { WriterId } from './ids'
import {
  awarenessBytesMax,
  cursorBytesMax,
  itemsPerMessageMax,
  labelBytesMax,
  ticketLengthMax,
  writersPerPushMax
} from './limits'
import { clientTypes } from './message-types'
import type { ClientMessage, Push, SubscribeItem } from './messages'

export function writeClientMessage(out: Out, message: ClientMessage): void {
  writeByte(out, clientTypes[nameOf(message)])
  switch (message.type) {
    case 'hello':
      writeNumber(out, message.protocol)
      writeNumber(out, message.schema.major)
      writeNumber(out, message.schema.minor)
      return writeText(out, message.release)
    case 'subscribe':
      return writeList(out, message.items, writeSubscribeItem)
    case 'unsubscribe':
      return writeList(out, message.items, writeRef)
    case 'pull':
      writeRef(out, message)
      return writeBytes(out, message.cursor)
    case 'push':
      writeRef(out, message)
      writeNumber(out, message.epoch)
      writeNumber(out, message.schemaMajor)
      writeList(out, message.writers, writeId)
      writeEntry(out, message)
      if (message.voucher !== undefined) writeVoucher(out, message.voucher)
      return
    case 'awareness':
      writeId(out, message.document)
      writeId(out, message.tab)
      return writeNullable(out, message.state, writeText)
    case 'renew':
      return writeText(out, message.ticket)
    case 'ping':
      return
    case 'digest':
      writeRef(out, message)
      writeBytes(out, message.cursor)
      return writeDigest(out, message.digest)
  }
}

/** The message, or null for a type this release does not know. */
export function readClientMessage(input: In): ClientMessage | null {
  switch (readByte(input)) {
    case clientTypes.hello:
      return {
        type: 'hello',
        protocol: readNumber(input),
        schema: { major: readNumber(input), minor: readNumber(input) },
        release: readText(input, labelBytesMax)
      }
    case clientTypes.subscribe:
      return { type: 'subscribe', items: readList(input, itemsPerMessageMax, readSubscribeItem) }
    case clientTypes.unsubscribe:
      return { type: 'unsubscribe', items: readList(input, itemsPerMessageMax, readRef) }
    case clientTypes.pull:
      return { type: 'pull', ...readRef(input), cursor: readBytes(input, cursorBytesMax) }
    case clientTypes.push:
      return readPush(input)
    case clientTypes['vouched-push']:
      return { ...readPush(input), voucher: readVoucher(input) }
    case clientTypes.awareness:
      return {
        type: 'awareness',
        document: readLongId(input),
        tab: readShortId(input),
        state: readNullable(input, (inner) => readText(inner, awarenessBytesMax))
      }
    case clientTypes.renew:
      return { type: 'renew', ticket: readText(input, ticketLengthMax) }
    case clientTypes.ping:
      return { type: 'ping' }
    case clientTypes.digest:
      return {
        type: 'digest',
        ...readRef(input),
        cursor: readBytes(input, cursorBytesMax),
        digest: readDigest(input)
      }
    default:
      return null
  }
}

function nameOf(message: ClientMessage): keyof typeof clientTypes {
  return message.type === 'push' && message.voucher !== undefined ? 'vouched-push' : message.type
}

function readPush(input: In): Push {
  return {
    type: 'push',
    ...readRef(input),
    epoch: readNumber(input),
    schemaMajor: readNumber(input),
    writers: readList(input, writersPerPushMax, readShortId<WriterId>),
    ...readEntry(input)
  }
}

function writeSubscribeItem(out: Out, item: SubscribeItem): void {
  writeRef(out, item)
  writeBytes(out, item.cursor)
  writeNullable(out, item.nonce, writeText)
}

function readSubscribeItem(input: In): SubscribeItem {
  return {
    ...readRef(input),
    cursor: readBytes(input, cursorBytesMax),
    nonce: readNullable(input, (inner) => readText(inner, labelBytesMax))
  }
}
