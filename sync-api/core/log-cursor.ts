// The cursor of a log with one writer: which log it belongs to, and how many entries it covers.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Cursor } from '../protocol/messages'

/** Changes when the form of cursors does: an older one then means nothing, and is read anew. */
const cursorVersion = 1

/** Bytes of a log's id: random, made with the log, so that no other log's cursor is taken for ours. */
export const logIdBytes = 8

/** The cursor after `sequence` entries. Before the first it is empty, as a new client's is. */
export function encodeCursor(logId: Uint8Array, sequence: number): Cursor {
  if (sequence === 0) return new Uint8Array(0)
  return encoding.encode((out) => {
    encoding.writeUint8(out, cursorVersion)
    encoding.writeUint8Array(out, logId)
    encoding.writeVarUint(out, sequence)
  })
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
