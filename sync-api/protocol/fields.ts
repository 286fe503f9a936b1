// The parts that messages are made of, as pairs of write and read. Every read is bounded.
import * as encoding from 'lib0/encoding'
import * as string from 'lib0/string'
import { fromBase64Url, toBase64Url } from './base64'
import { digestBytes } from './digest'
import { ProtocolError } from './errors'
import {
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type DocumentId,
  type OutboxId,
  type PersonId,
  type TabId,
  type WriterId
} from './ids'
import { cursorBytesMax, receiptBytesMax, updateBytesMax } from './limits'
import type { Cursor, Entry, Voucher } from './messages'
import { channels, roles, type Role } from './roles'

/** What is read, from `at` up to `end`. */
export type In = { readonly bytes: Uint8Array; at: number; end: number }
export type Out = encoding.Encoder

// Primitives. lib0 reads undefined behind the end and numbers beyond 2^53; these do not.

/** Reads from bytes that came from outside; the views it gives share their memory. */
export function openInput(bytes: Uint8Array): In {
  return { bytes, at: 0, end: bytes.length }
}

export const writeNumber: (out: Out, value: number) => void = encoding.writeVarUint

/** A varuint of at most 8 bytes, up to 2^53 - 1. */
export function readNumber(input: In): number {
  let value = 0
  let place = 1
  for (let count = 0; count < 8; count++) {
    const byte = readByte(input)
    value += (byte & 127) * place
    place *= 128
    if (byte > 127) continue
    if (value > Number.MAX_SAFE_INTEGER) break
    return value
  }
  throw malformed('a number beyond 2^53')
}

export const writeByte: (out: Out, value: number) => void = encoding.writeUint8

export function readByte(input: In): number {
  const byte = input.at < input.end ? input.bytes[input.at] : undefined
  if (byte === undefined) throw malformed('the message ends too early')
  input.at += 1
  return byte
}

export const writeBytes: (out: Out, bytes: Uint8Array) => void = encoding.writeVarUint8Array

export function readBytes(input: In, max: number): Uint8Array {
  const length = readNumber(input)
  if (length > max) throw malformed(`${length} bytes where at most ${max} may be`)
  return take(input, length)
}

/**
 * Reads a part with its length before it, and no byte behind it. Null stands for a part that is of
 * no interest, which is passed over; any other must be read to its end.
 */
export function readPart<T>(input: In, read: (input: In) => T | null): T | null {
  const { end } = input
  input.end = endOf(input, readNumber(input))
  const part = read(input)
  if (part === null) input.at = input.end
  if (input.at < input.end) throw malformed('bytes after the end of a message')
  input.end = end
  return part
}

export const writeText: (out: Out, text: string) => void = encoding.writeVarString

export function readText(input: In, bytesMax: number): string {
  const bytes = readBytes(input, bytesMax)
  try {
    return string.decodeUtf8(bytes)
  } catch (cause) {
    throw malformed(`a text is not UTF-8: ${String(cause)}`)
  }
}

export function writeFlag(out: Out, flag: boolean): void {
  writeByte(out, flag ? 1 : 0)
}

export function readFlag(input: In): boolean {
  const byte = readByte(input)
  if (byte > 1) throw malformed(`${byte} where a flag should be`)
  return byte === 1
}

export function writeNullable<T>(
  out: Out,
  value: T | null,
  write: (out: Out, value: T) => void
): void {
  writeFlag(out, value !== null)
  if (value !== null) write(out, value)
}

export function readNullable<T>(input: In, read: (input: In) => T): T | null {
  return readFlag(input) ? read(input) : null
}

export function writeList<T>(
  out: Out,
  items: readonly T[],
  write: (out: Out, item: T) => void
): void {
  writeNumber(out, items.length)
  for (const item of items) write(out, item)
}

export function readList<T>(input: In, max: number, read: (input: In) => T): T[] {
  const length = readNumber(input)
  if (length > max) throw malformed(`${length} items where at most ${max} may be`)
  // Each item takes at least a byte: nothing is made for items that cannot come.
  endOf(input, length)
  const items: T[] = []
  for (let at = 0; at < length; at++) items.push(read(input))
  return items
}

/** A member of a closed list by its place in it. */
export function readOneOf<T>(input: In, all: readonly T[]): T {
  return memberAt(all, readByte(input))
}

// Parts that several messages share.

export function writeId(out: Out, id: string): void {
  encoding.writeUint8Array(out, fromBase64Url(id))
}

export function readLongId<T extends DocumentId | PersonId>(input: In): T {
  return toBase64Url(take(input, longIdBytes)) as T
}

export function readShortId<T extends OutboxId | WriterId | TabId>(input: In): T {
  return toBase64Url(take(input, shortIdBytes)) as T
}

export function writeRef(out: Out, ref: ChannelRef): void {
  writeId(out, ref.document)
  writeByte(out, channels.indexOf(ref.channel))
}

export function readRef(input: In): ChannelRef {
  return { document: readLongId(input), channel: readOneOf(input, channels) }
}

export function writeEntry(out: Out, entry: Entry): void {
  writeId(out, entry.outbox)
  writeNumber(out, entry.n)
  writeBytes(out, entry.update)
}

export function readEntry(input: In): Entry {
  return {
    outbox: readShortId(input),
    n: readNumber(input),
    update: readBytes(input, updateBytesMax)
  }
}

/** An entry, and its receipt; empty where there is none. */
export function writeVouchedEntry(out: Out, entry: Entry): void {
  writeEntry(out, entry)
  writeBytes(out, entry.receipt ?? noReceipt)
}

export function readVouchedEntry(input: In): Entry {
  const entry = readEntry(input)
  const receipt = readBytes(input, receiptBytesMax)
  return receipt.length === 0 ? entry : { ...entry, receipt }
}

const noReceipt = new Uint8Array()

export function writeVoucher(out: Out, { outbox, n, receipt }: Voucher): void {
  writeId(out, outbox)
  writeNumber(out, n)
  writeBytes(out, receipt)
}

export function readVoucher(input: In): Voucher {
  return {
    outbox: readShortId(input),
    n: readNumber(input),
    receipt: readBytes(input, receiptBytesMax)
  }
}

/** Where a log stood before and after. */
export type Span = { readonly from: Cursor; readonly to: Cursor }

export function writeSpan(out: Out, span: Span): void {
  writeBytes(out, span.from)
  writeBytes(out, span.to)
}

export function readSpan(input: In): Span {
  return { from: readBytes(input, cursorBytesMax), to: readBytes(input, cursorBytesMax) }
}

export const writeDigest: (out: Out, digest: Uint8Array) => void = encoding.writeUint8Array

export function readDigest(input: In): Uint8Array {
  return take(input, digestBytes)
}

export function writeRole(out: Out, role: Role | null): void {
  writeByte(out, role === null ? 0 : roles.indexOf(role) + 1)
}

export function readRole(input: In): Role | null {
  const place = readByte(input)
  return place === 0 ? null : memberAt(roles, place - 1)
}

/** What every unreadable message ends in. */
export function malformed(detail: string): ProtocolError {
  return new ProtocolError('bad-frame', detail)
}

function memberAt<T>(all: readonly T[], place: number): T {
  const found = all[place]
  if (found === undefined) throw malformed(`${place} is none of ${all.length} kinds`)
  return found
}

function take(input: In, length: number): Uint8Array {
  const end = endOf(input, length)
  const bytes = input.bytes.subarray(input.at, end)
  input.at = end
  return bytes
}

/** Where the next `length` bytes end. */
function endOf(input: In, length: number): number {
  const end = input.at + length
  if (end > input.end) throw malformed('the message ends too early')
  return end
}
