// What a region says of its checkpoints of one log: rows that it alone writes, and what other regions say they hold of them.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { sameBytes } from '../../protocol/bytes'
import { ackKey, ackRange, manifestKey, manifestRange } from './keys'
import { readAll, type Row, type Table } from './table'

/** A checkpoint that stands in the table: whole where all its chunks are and give this hash. */
export type Ref = {
  readonly version: string
  readonly chunks: number
  /** SHA-256 of the bytes in its chunks. */
  readonly hash: Uint8Array
  /** Rows that list the keys folded into it. */
  readonly lists: number
  /** Versions of other regions' checkpoints that are folded into it, by owner. */
  readonly covers: ReadonlyMap<string, string>
}

export type Manifest = {
  readonly owner: string
  readonly revision: number
  /** The version that every region has said it holds; null before the first. */
  readonly base: string | null
  /** Oldest first: the base, and those that some region may not hold yet. */
  readonly refs: readonly Ref[]
  /** Versions whose folded keys are being taken out. */
  readonly reaping: readonly string[]
}

/** Which version of each owner's checkpoints each region says it holds: `acks.get(region)?.get(owner)`. */
export type Acks = ReadonlyMap<string, ReadonlyMap<string, string>>

export function noManifest(owner: string): Manifest {
  return { owner, revision: 0, base: null, refs: [], reaping: [] }
}

export async function readManifests(table: Table, pk: string): Promise<readonly Manifest[]> {
  return (await readAll(table, pk, manifestRange)).map(decodeManifest)
}

export async function readManifest(table: Table, pk: string, owner: string): Promise<Manifest> {
  const [row] = await table.get(pk, [manifestKey(owner)])
  return row === undefined ? noManifest(owner) : decodeManifest(row)
}

/** Puts the next revision of the region's own manifest: false when another function of the region was there first. */
export function putManifest(
  table: Table,
  pk: string,
  manifest: Manifest,
  at: number
): Promise<boolean> {
  const { owner: region, revision } = manifest
  return table.putNext({
    ...{ pk, sk: manifestKey(region), region, at },
    ...{ revision: revision + 1, body: encodeManifest(manifest) }
  })
}

export async function readAcks(table: Table, pk: string): Promise<Acks> {
  const acks = new Map<string, Map<string, string>>()
  for (const { sk, body } of await readAll(table, pk, ackRange)) {
    const [, region = '', owner = ''] = sk.split('#')
    const own = acks.get(region) ?? new Map<string, string>()
    acks.set(region, own.set(owner, Buffer.from(body).toString('utf8')))
  }
  return acks
}

/** Says that the region holds a version of the owner's. */
export async function putAck(
  table: Table,
  pk: string,
  said: {
    readonly region: string
    readonly owner: string
    readonly version: string
    readonly at: number
  }
): Promise<void> {
  const { region, owner, version, at } = said
  const sk = ackKey(region, owner)
  const [before] = await table.get(pk, [sk])
  const body = Buffer.from(version, 'utf8')
  if (before !== undefined && sameBytes(before.body, body)) return
  await table.putNext({ pk, sk, region, at, body, revision: (before?.revision ?? 0) + 1 })
}

/** Changes when the form does. */
const manifestVersion = 1

function encodeManifest({ base, refs, reaping }: Manifest): Uint8Array {
  return encoding.encode((out) => {
    encoding.writeUint8(out, manifestVersion)
    encoding.writeVarString(out, base ?? '')
    encoding.writeVarUint(out, refs.length)
    for (const ref of refs) {
      encoding.writeVarString(out, ref.version)
      encoding.writeVarUint(out, ref.chunks)
      encoding.writeVarUint8Array(out, ref.hash)
      encoding.writeVarUint(out, ref.lists)
      encoding.writeVarUint(out, ref.covers.size)
      for (const [owner, version] of ref.covers) {
        encoding.writeVarString(out, owner)
        encoding.writeVarString(out, version)
      }
    }
    encoding.writeVarUint(out, reaping.length)
    for (const version of reaping) encoding.writeVarString(out, version)
  })
}

function decodeManifest(row: Row): Manifest {
  try {
    const input = decoding.createDecoder(row.body)
    const form = decoding.readUint8(input)
    if (form !== manifestVersion) throw new Error(`form ${form}`)
    const base = decoding.readVarString(input)
    const refs = listOf(input, () => readRef(input))
    const reaping = listOf(input, () => decoding.readVarString(input))
    const owner = row.sk.slice(manifestKey('').length)
    return {
      owner,
      revision: row.revision ?? 0,
      base: base === '' ? null : base,
      refs,
      reaping
    }
  } catch (cause) {
    const advice = 'Restore the table to a point before.'
    throw new Error(`The log is damaged at ${row.pk} ${row.sk}. ${advice}`, { cause })
  }
}

function readRef(input: decoding.Decoder): Ref {
  const version = decoding.readVarString(input)
  const chunks = decoding.readVarUint(input)
  const hash = decoding.readVarUint8Array(input).slice()
  const lists = decoding.readVarUint(input)
  const covers = listOf(
    input,
    () => [decoding.readVarString(input), decoding.readVarString(input)] as const
  )
  return { version, chunks, hash, lists, covers: new Map(covers) }
}

function listOf<T>(input: decoding.Decoder, read: () => T): readonly T[] {
  const list: T[] = []
  for (let left = decoding.readVarUint(input); left > 0; left--) list.push(read())
  return list
}
