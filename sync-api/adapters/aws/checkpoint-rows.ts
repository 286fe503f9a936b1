// Checkpoints as rows of the global table: chunks named after the region and version that made them, and lists of the keys
// that are folded into them.
import { createHash } from 'node:crypto'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { readCheckpoint, writeCheckpoint } from '../../core/checkpoint-bytes'
import type { StoredCheckpoint } from '../../core/checkpoint-bytes'
import { sameBytes } from '../../core/bytes'
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
  stored: StoredCheckpoint,
  folded: Folded,
  covers: ReadonlyMap<string, string>
): Promise<Ref> {
  const bytes = encoding.encode((out) => writeCheckpoint(out, stored))
  const chunks = cut(bytes)
  const lists = cut(packed(folded))
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
): Promise<StoredCheckpoint | null> {
  const rows = await readAll(table, pk, chunkRange(owner, version))
  if (rows.length !== chunks) return null
  const bytes = Buffer.concat(rows.map(({ body }) => body))
  if (!sameBytes(hashOf(bytes), hash)) return null
  return readCheckpoint(decoding.createDecoder(bytes))
}

/** The rows of the entries folded into a version, as far as its lists are in this region: all of them in that which wrote them. */
export async function readFolded(
  table: Table,
  pk: string,
  owner: string,
  version: string
): Promise<readonly string[]> {
  const rows = await readAll(table, pk, foldedRange(owner, version))
  const bytes = Buffer.concat(rows.map(({ body }) => body))
  const sks: string[] = []
  for (let at = 0; at + listedBytes <= bytes.length; at += listedBytes) {
    const key = unpackKey(bytes.subarray(at, at + packedKeyBytes))
    const parts = bytes.readUInt8(at + packedKeyBytes)
    for (let index = 0; index < parts; index++) sks.push(partKey(key, index, parts))
  }
  return sks
}

/** A key, and in how many rows the entry stands. */
const listedBytes = packedKeyBytes + 1

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
function cut(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / rowBytesMax))
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * rowBytesMax, (index + 1) * rowBytesMax)
  )
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
