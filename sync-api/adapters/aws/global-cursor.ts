// The cursors of a log that every region writes: a place in this region's order of it, or how far a first reading has come.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { sameBytes } from '../../protocol/bytes'
import { decodeCursor, encodeCursor, logIdBytes } from '../../core/log-cursor'
import { cursorBytesMax } from '../../protocol/limits'
import type { Cursor } from '../../protocol/messages'
import { packedKeyBytes, packKey, unpackKey } from './keys'

/** A place in an order; null where the region has none at the moment. */
export type Place = { readonly id: Uint8Array; readonly sequence: number } | null

export type GlobalCursor =
  | { readonly kind: 'beginning' }
  | { readonly kind: 'ordered'; readonly place: NonNullable<Place> }
  /** Reading what is stored: entries up to `key` have been read (none yet: null), on top of the checkpoints that `marks` stand for. */
  | {
      readonly kind: 'reading'
      /** Where to go on when all that is stored has been read. */
      readonly rest: Place
      readonly marks: readonly Uint8Array[]
      readonly key: string | null
    }

/** Of a hash of a version's name; compared with the handful of versions that a log has. */
export const markBytes = 8

/** Of a number up to 2^53. */
const varUintBytesMax = 8

/** What a cursor has room for, whatever its numbers: with more regions their marks are shorter. */
const marksBytesMax = cursorBytesMax - (2 + logIdBytes + varUintBytesMax + packedKeyBytes)

function markBytesOf(count: number): number {
  return Math.min(markBytes, Math.floor(marksBytesMax / Math.max(1, count)))
}

/** Tells it from the cursors of core/log-cursor.ts. */
const readingVersion = 2
const noId = new Uint8Array(logIdBytes)

/** Where nothing is left to read: the place in the order, or the beginning where there is none. */
export function placeCursor(place: Place): Cursor {
  return place === null ? new Uint8Array(0) : encodeCursor(place.id, place.sequence)
}

export function readingCursor(
  rest: Place,
  marks: readonly Uint8Array[],
  key: string | null
): Cursor {
  return encoding.encode((out) => {
    encoding.writeUint8(out, readingVersion)
    encoding.writeUint8Array(out, rest?.id ?? noId)
    encoding.writeVarUint(out, rest?.sequence ?? 0)
    encoding.writeVarUint(out, marks.length)
    const size = markBytesOf(marks.length)
    for (const mark of marks) encoding.writeUint8Array(out, mark.subarray(0, size))
    if (key !== null) encoding.writeUint8Array(out, packKey(key))
  })
}

/** Null for what no log of this form made. */
export function parseCursor(cursor: Cursor): GlobalCursor | null {
  if (cursor.length === 0) return { kind: 'beginning' }
  const id = cursor.slice(1, 1 + logIdBytes)
  if (cursor[0] !== readingVersion) {
    const sequence = decodeCursor(id, cursor)
    return sequence === null ? null : { kind: 'ordered', place: { id, sequence } }
  }
  try {
    const input = decoding.createDecoder(cursor.subarray(1 + logIdBytes))
    const sequence = decoding.readVarUint(input)
    const count = decoding.readVarUint(input)
    if (count > marksBytesMax) return null
    const size = markBytesOf(count)
    const marks = Array.from({ length: count }, () => decoding.readUint8Array(input, size))
    const packed = decoding.readTailAsUint8Array(input)
    if (packed.length !== 0 && packed.length !== packedKeyBytes) return null
    const key = packed.length === 0 ? null : unpackKey(packed)
    return { kind: 'reading', rest: sameBytes(id, noId) ? null : { id, sequence }, marks, key }
  } catch {
    // lib0 throws on what is cut short: not a cursor we made.
    return null
  }
}
