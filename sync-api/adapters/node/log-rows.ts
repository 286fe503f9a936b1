// Rows of the log in lmdb: keys in the order of the log, values that show when they are damaged.
import { crc32 } from 'node:zlib'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { readCheckpoint, writeCheckpoint } from '../../core/checkpoint-bytes'
import type { StoredCheckpoint } from '../../core/checkpoint-bytes'
import type { NewEntry } from '../../core/ports'
import {
  idOf,
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type DocumentId,
  type OutboxId,
  type PersonId
} from '../../protocol/ids'
import { channels } from '../../protocol/roles'

/** Changes when the form of rows does. */
const rowVersion = 1

/** Version and CRC-32 of all that follows. */
const headBytes = 5

export type CheckpointRow = StoredCheckpoint & {
  /** How many entries of the log it holds. */
  readonly sequence: number
}

const keyBytes = longIdBytes + 2 + 6
const checkpointKind = 0
const entryKind = 1

/** Document, channel, kind, and the entry's number with the highest byte first. */
export function entryKey(ref: ChannelRef, sequence: number): Buffer {
  const key = keyOf(ref, entryKind)
  key.writeUIntBE(sequence, keyBytes - 6, 6)
  return key
}

export function checkpointKey(ref: ChannelRef): Buffer {
  return keyOf(ref, checkpointKind)
}

function keyOf(ref: ChannelRef, kind: number): Buffer {
  const key = Buffer.alloc(keyBytes)
  key.write(ref.document, 0, longIdBytes, 'base64url')
  key[longIdBytes] = channels.indexOf(ref.channel)
  key[longIdBytes + 1] = kind
  return key
}

/** What a key of the log says. `sequence` is 0 for a checkpoint. */
export type Place = {
  readonly ref: ChannelRef
  readonly kind: 'checkpoint' | 'entry'
  readonly sequence: number
}

/** The place of a row; null when the log makes no such keys. */
export function placeOf(key: Uint8Array): Place | null {
  const channel = channels[key[longIdBytes] ?? channels.length]
  const kind = key[longIdBytes + 1]
  if (key.length !== keyBytes || channel === undefined) return null
  if (kind !== checkpointKind && kind !== entryKind) return null
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  const sequence = bytes.readUIntBE(keyBytes - 6, 6)
  if ((kind === checkpointKind) !== (sequence === 0)) return null
  const document = idOf<DocumentId>(key.subarray(0, longIdBytes))
  return {
    ref: { document, channel },
    kind: kind === checkpointKind ? 'checkpoint' : 'entry',
    sequence
  }
}

export function encodeEntry(entry: NewEntry): Buffer {
  const { clients, update } = entry
  const numbersMax = varUintBytesMax * (3 + clients.length)
  // From Node's pool and written by hand: this is done for every push.
  const row = Buffer.allocUnsafe(
    headBytes + shortIdBytes + longIdBytes + numbersMax + update.length
  )
  let at = headBytes
  at += row.write(entry.outbox, at, 'base64url')
  at = writeVarUint(row, at, entry.n)
  at += row.write(entry.person, at, 'base64url')
  at = writeVarUint(row, at, entry.at)
  at = writeVarUint(row, at, clients.length)
  for (const client of clients) at = writeVarUint(row, at, client)
  row.set(update, at)
  return seal(row.subarray(0, at + update.length))
}

/** The entry of a row. Throws an error that names the key when the row is damaged. */
export function decodeEntry(ref: ChannelRef, sequence: number, row: Uint8Array): NewEntry {
  return opened(row, `entry ${sequence} of ${ref.document}/${ref.channel}`, (input) => {
    const outbox = readId<OutboxId>(input, shortIdBytes)
    const n = decoding.readVarUint(input)
    const person = readId<PersonId>(input, longIdBytes)
    const at = decoding.readVarUint(input)
    const clients: number[] = []
    const count = decoding.readVarUint(input)
    for (let index = 0; index < count; index++) clients.push(decoding.readVarUint(input))
    return { outbox, n, person, at, clients, update: decoding.readTailAsUint8Array(input) }
  })
}

export function encodeCheckpoint(whole: CheckpointRow): Buffer {
  const row = encoding.encode((out) => {
    encoding.writeUint8Array(out, new Uint8Array(headBytes))
    encoding.writeVarUint(out, whole.sequence)
    writeCheckpoint(out, whole)
  })
  return seal(Buffer.from(row.buffer, row.byteOffset, row.byteLength))
}

/** The checkpoint of a row. Throws an error that names the key when the row is damaged. */
export function decodeCheckpoint(ref: ChannelRef, row: Uint8Array): CheckpointRow {
  return opened(row, `the checkpoint of ${ref.document}/${ref.channel}`, (input) => {
    const sequence = decoding.readVarUint(input)
    return { ...readCheckpoint(input), sequence }
  })
}

/** Writes version and checksum into the room left for them. */
function seal(row: Buffer): Buffer {
  row.writeUInt8(rowVersion, 0)
  row.writeUInt32BE(crc32(row.subarray(headBytes)), 1)
  return row
}

/** What a number of 53 bits takes at most, seven of them a byte. */
const varUintBytesMax = 8

/** Answers where the next byte goes. */
function writeVarUint(row: Buffer, start: number, value: number): number {
  let at = start
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) row[at++] = (rest % 128) | 128
  row[at++] = rest
  return at
}

function opened<T>(row: Uint8Array, name: string, read: (input: decoding.Decoder) => T): T {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength)
  const intact =
    row.length > headBytes &&
    row[0] === rowVersion &&
    view.getUint32(1) === crc32(row.subarray(headBytes))
  if (!intact)
    throw new Error(`The log is damaged at ${name}. Restore the data folder from a backup.`)
  return read(decoding.createDecoder(row.subarray(headBytes)))
}

function readId<T extends OutboxId | PersonId>(input: decoding.Decoder, length: number): T {
  return idOf<T>(decoding.readUint8Array(input, length))
}
