// Sealing: outbox rows become batches whose bytes never change again. Pure; who numbers them is the store.
import * as Y from 'yjs'
import type { WriterId } from '../../sync-api/protocol/ids'
import type { Voucher } from '../../sync-api/protocol/messages'
import {
  structsPerUpdateMax,
  updateBytesMax,
  writersPerPushMax
} from '../../sync-api/protocol/limits'
import { encodeUpdate, foldRuns, runLengthMax, type DecodedUpdate } from './fold'

/** Insertions or deleted ranges of one batch: what the relay checks in a few milliseconds. */
export const structsPerBatchMax = structsPerUpdateMax

export type Unsealed = {
  readonly update: Uint8Array
  readonly writer: WriterId
  readonly schemaMajor: number
}

export type Batch = {
  readonly update: Uint8Array
  readonly writers: readonly WriterId[]
  readonly schemaMajor: number
  /** As of `SealedBatch`. */
  readonly voucher?: Voucher
}

/**
 * Rows in commit order as batches in the same order: as few as the limits of one push allow. A
 * batch builds only on those before it.
 */
export function sealRows(rows: readonly Unsealed[]): Batch[] {
  return groups(rows).flatMap(sealGroup)
}

// Neighbours of one schema and of no more writers than a push may name.
function groups(rows: readonly Unsealed[]): Unsealed[][] {
  const all: Unsealed[][] = []
  let writers = new Set<WriterId>()
  for (const row of rows) {
    const group = all.at(-1)
    const sameSchema = group?.[0]?.schemaMajor === row.schemaMajor
    const named = writers.has(row.writer) || writers.size < writersPerPushMax
    if (group !== undefined && sameSchema && named) {
      group.push(row)
    } else {
      all.push([row])
      writers = new Set()
    }
    writers.add(row.writer)
  }
  return all
}

function sealGroup(rows: readonly Unsealed[]): Batch[] {
  const folded = foldRuns(rows.map((row) => row.update))
  const update = encodeUpdate(folded)
  const writers = [...new Set(rows.map((row) => row.writer))]
  const { schemaMajor } = rows[0]!
  if (fits(folded, update)) return [{ update, writers, schemaMajor }]
  if (rows.length > 1) {
    const half = rows.length >> 1
    return [...sealGroup(rows.slice(0, half)), ...sealGroup(rows.slice(half))]
  }
  return splitUpdate(folded).map((piece) => ({ update: piece, writers, schemaMajor }))
}

export function fits(folded: DecodedUpdate, update: Uint8Array): boolean {
  return (
    update.length <= updateBytesMax &&
    folded.structs.length <= structsPerBatchMax &&
    rangesIn(folded.ds) <= structsPerBatchMax
  )
}

/**
 * A change too large for a push (a paste of a book) as several: its insertions in the order given, then
 * its deletions. What cannot be divided stays whole, and the relay says so.
 */
export function splitUpdate(folded: DecodedUpdate): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let held: DecodedUpdate['structs'] = []
  let bytes = 0
  const emit = (): void => {
    if (held.length > 0) pieces.push(encodeUpdate({ structs: held, ds: noDeletes() }))
    held = []
    bytes = 0
  }
  for (const struct of folded.structs.flatMap(divide)) {
    const size = encodeUpdate({ structs: [struct], ds: noDeletes() }).length
    if (bytes + size > updateBytesMax || held.length === structsPerBatchMax) emit()
    held.push(struct)
    bytes += size
  }
  emit()
  return [...pieces, ...splitDeletes(folded.ds)]
}

function splitDeletes(ds: DecodedUpdate['ds']): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (const [client, ranges] of ds.clients) {
    for (let at = 0; at < ranges.length; at += structsPerBatchMax) {
      const part = noDeletes()
      part.clients.set(client, ranges.slice(at, at + structsPerBatchMax))
      pieces.push(encodeUpdate({ structs: [], ds: part }))
    }
  }
  return pieces
}

// A long string as runs the relay reads one by one. The cut never goes through a surrogate pair:
// Yjs would replace both halves, and replicas would differ for ever.
function divide(struct: DecodedUpdate['structs'][number]): DecodedUpdate['structs'] {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return [struct]
  const { id, content } = struct
  const parts: Y.Item[] = []
  for (let at = 0; at < content.str.length;) {
    let end = Math.min(at + runLengthMax, content.str.length)
    if (end < content.str.length && isLeadSurrogate(content.str.charCodeAt(end - 1))) end--
    parts.push(
      new Y.Item(
        Y.createID(id.client, id.clock + at),
        null,
        at === 0 ? struct.origin : Y.createID(id.client, id.clock + at - 1),
        null,
        struct.rightOrigin,
        struct.parent,
        struct.parentSub,
        new Y.ContentString(content.str.slice(at, end))
      )
    )
    at = end
  }
  return parts
}

function isLeadSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function noDeletes(): DecodedUpdate['ds'] {
  return Y.createDeleteSet()
}

function rangesIn(ds: DecodedUpdate['ds']): number {
  let count = 0
  for (const ranges of ds.clients.values()) count += ranges.length
  return count
}
