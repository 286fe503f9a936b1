// The cursor of a log with one writer: which log it belongs to, and how many entries it covers.
import * as decoding from 'lib0/decoding'
import type { Cursor } from '../protocol/messages'

/** Changes when the form of cursors does: an older one then means nothing, and is read anew. */
const cursorVersion = 1

/** Bytes of a log's id: random, made with the log, so that no other log's cursor is taken for ours. */
export const logIdBytes = 8

/** The cursor after `sequence` entries. Before the first it is empty, as a new client's is. */
export function encodeCursor(logId: Uint8Array, sequence: number): Cursor {
  if (sequence === 0) return new Uint8Array(0)
  // Written by hand: one is made for every entry, and a lib0 encoder costs more than its content.
  let length = 1 + logIdBytes + 1
  for (let rest = sequence; rest > 127; rest = Math.floor(rest / 128)) length += 1
  const cursor = new Uint8Array(length)
  cursor[0] = cursorVersion
  cursor.set(logId, 1)
  let rest = sequence
  for (let at = 1 + logIdBytes; at < length; at++) {
    cursor[at] = rest > 127 ? (rest % 128) | 128 : rest
    rest = Math.floor(rest / 128)
  }
  return cursor
}

/** How many entries a cursor covers; null when it is not a cursor of this log. */
export function decodeCursor(logId: Uint8Array, cursor: Cursor): number | null {
  if (cursor.length === 0) return 0
  if (cursor.length < 2 + logIdBytes || cursor[0] !== cursorVersion) return null
  for (let at = 0; at < logIdBytes; at++) if (cursor[1 + at] !== logId[at]) return null
  try {
    const input = decoding.createDecoder(cursor.subarray(1 + logIdBytes))
    const sequence = decoding.readVarUint(input)
    return decoding.hasContent(input) ? null : sequence
  } catch {
    // lib0 throws on a number cut short or beyond 2^53: not a cursor we made.
    return null
  }
}
