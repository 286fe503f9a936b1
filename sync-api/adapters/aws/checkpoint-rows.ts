// Checkpoints as rows of the global table: chunks named after the region and version that made them, and lists of the keys
// that are folded into them.
import { createHash } from 'node:crypto'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { readCheckpoint, writeCheckpoint } from '../../core/checkpoint-bytes'
import type { StoredCheckpoint } from '../../core/checkpoint-bytes'
import { fromBase64Url, idOf, shortIdBytes, type OutboxId } from '../../protocol/ids'
import type { Numbered } from './outbox-numbers'
import { sameBytes } from '../../protocol/bytes'
import {
  chunkKey,
  chunkRange,
  foldedKey,
  foldedRange,
  packedKeyBytes,
  packKey,
  partKey,
  unpackKey
} from './keys'
import { rowBytesMax } from './limits'
import type { Ref } from './manifests'
import { readAll, type Row, type Table } from './table'

/** A checkpoint with the entries in it before which one of their outbox is missing: that comes later. */
export type GlobalCheckpoint = StoredCheckpoint & { readonly ahead: readonly Numbered[] }

/** Where the rows of one version go. */
export type VersionPlace = {
  readonly pk: string
  readonly owner: string
  readonly version: string
  readonly at: number
}

/** What one version folded: entries by key, and in how many rows each stood. */
export type Folded = ReadonlyMap<string, number>

/** Puts chunks and lists; the version counts once a manifest names the reference that this resolves to. */
export async function putVersion(
  table: Table,
  place: VersionPlace,
  stored: GlobalCheckpoint,
  folded: Folded,
  covers: ReadonlyMap<string, string>
): Promise<Ref> {
  const bytes = encode(stored)
  const chunks = cut(bytes, rowBytesMax)
  const lists = cut(packed(folded), listBytesMax)
  const { pk, owner, version, at } = place
  const rowOf = (sk: string, body: Uint8Array): Row => ({
    ...{ pk, sk, body, at },
    ...{ region: owner, revision: null }
  })
  const rows = [
    ...chunks.map((body, index) => rowOf(chunkKey(owner, version, index), body)),
    ...lists.map((body, index) => rowOf(foldedKey(owner, version, index), body))
  ]
  for (const row of rows) await table.putNew(row)
  return { version, chunks: chunks.length, hash: hashOf(bytes), lists: lists.length, covers }
}

/** The checkpoint; null where not all of it is in this region yet. */
export async function readVersion(
  table: Table,
  pk: string,
  owner: string,
  { version, chunks, hash }: Ref
): Promise<GlobalCheckpoint | null> {
  const rows = await readAll(table, pk, chunkRange(owner, version))
  if (rows.length !== chunks) return null
  const bytes = Buffer.concat(rows.map(({ body }) => body))
  if (!sameBytes(hashOf(bytes), hash)) return null
  return decode(bytes)
}

function encode(stored: GlobalCheckpoint): Uint8Array {
  return encoding.encode((out) => {
    encoding.writeVarUint(out, stored.ahead.length)
    for (const { outbox, n } of stored.ahead) {
      encoding.writeUint8Array(out, fromBase64Url(outbox))
      encoding.writeVarUint(out, n)
    }
    writeCheckpoint(out, stored)
  })
}

/** Of bytes whose hash was right. */
function decode(bytes: Uint8Array): GlobalCheckpoint {
  const input = decoding.createDecoder(bytes)
  const ahead: Numbered[] = []
  for (let left = decoding.readVarUint(input); left > 0; left--) {
    const outbox = idOf<OutboxId>(decoding.readUint8Array(input, shortIdBytes))
    ahead.push({ outbox, n: decoding.readVarUint(input) })
  }
  return { ...readCheckpoint(input), ahead }
}

/** What is folded into a version; null where not all of its lists are in this region. */
export async function readFolded(
  table: Table,
  pk: string,
  owner: string,
  { version, lists }: Pick<Ref, 'version' | 'lists'>
): Promise<Folded | null> {
  const rows = await readAll(table, pk, foldedRange(owner, version))
  if (rows.length !== lists) return null
  return unpacked(Buffer.concat(rows.map(({ body }) => body)))
}

/** The rows that were listed, as far as the lists are still there. */
export async function readListed(
  table: Table,
  pk: string,
  owner: string,
  version: string
): Promise<readonly string[]> {
  const rows = await readAll(table, pk, foldedRange(owner, version))
  const folded = rows.flatMap(({ body }) => [...unpacked(Buffer.from(body))])
  return folded.flatMap(([key, parts]) =>
    Array.from({ length: parts }, (_, index) => partKey(key, index, parts))
  )
}

function unpacked(bytes: Buffer): Folded {
  const folded = new Map<string, number>()
  for (let at = 0; at + listedBytes <= bytes.length; at += listedBytes) {
    const key = unpackKey(bytes.subarray(at, at + packedKeyBytes))
    folded.set(key, bytes.readUInt8(at + packedKeyBytes))
  }
  return folded
}

/** A key, and in how many rows the entry stands. */
const listedBytes = packedKeyBytes + 1

/** Whole keys to a row. */
const listBytesMax = Math.floor(rowBytesMax / listedBytes) * listedBytes

function packed(folded: Folded): Uint8Array {
  const bytes = Buffer.alloc(folded.size * listedBytes)
  let at = 0
  for (const [key, parts] of folded) {
    bytes.set(packKey(key), at)
    bytes.writeUInt8(parts, at + packedKeyBytes)
    at += listedBytes
  }
  return bytes
}

/** At least one piece, so that nothing at all is one as well. */
function cut(bytes: Uint8Array, max: number): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / max))
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * max, (index + 1) * max))
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
