// Reads of the log's rows: what stands there in order, or which row is missing or damaged.
import type { Database } from 'lmdb'
import type { NewEntry } from '../../core/ports'
import { channelKey, type ChannelRef } from '../../protocol/ids'
import {
  checkpointKey,
  decodeCheckpoint,
  decodeEntry,
  entryKey,
  type CheckpointRow
} from './log-rows'

export type Rows = Database<Buffer, Buffer>

export function readCheckpoint(rows: Rows, ref: ChannelRef): CheckpointRow | null {
  const row = rows.get(checkpointKey(ref))
  return row === undefined ? null : decodeCheckpoint(ref, row)
}

/** The entries numbered from `at` + 1 to `last`, in order. Throws where one is missing or damaged. */
export function* entriesAfter(
  rows: Rows,
  ref: ChannelRef,
  at: number,
  last: number
): Generator<NewEntry, void> {
  const start = entryKey(ref, at + 1)
  const end = entryKey(ref, Math.min(last, entriesPerChannelMax) + 1)
  let sequence = at
  for (const { key, value } of rows.getRange({ start, end })) {
    sequence += 1
    if (!key.equals(entryKey(ref, sequence))) {
      throw new Error(`Entry ${sequence} is missing in the log of ${channelKey(ref)}`)
    }
    yield decodeEntry(ref, sequence, value)
  }
}

/** What six bytes of a key can number, but for one. */
const entriesPerChannelMax = 2 ** 48 - 2
