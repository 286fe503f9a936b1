// What a Yjs update says, in one pass over its bytes and without a Y.Doc: which insertions, where, and
// how far it deletes. Contents are passed over, never made.
import { rangesPerUpdateMax, structsPerUpdateMax } from '../protocol/limits'
import { clockMax } from './limits'
import {
  readByte,
  readName,
  readUint,
  skipAny,
  skipBytes,
  skipJson,
  skipText
} from './update-bytes'
import type { UpdateInput } from './update-bytes'
import { BadUpdate } from './update-faults'

/** Kinds of content on the wire; those without a name here are in nothing that Meridian writes. */
export const contentKinds = { gone: 0, deleted: 1, text: 4, format: 6, type: 7, any: 8 } as const

/** In a fold of entries that were stored before updates were checked: a stretch that is missing. */
export const skipKind = 10

/** Kinds of types on the wire, likewise. */
export const typeKinds = { array: 0, map: 1, text: 2, element: 3, fragment: 4, xmlText: 6 } as const

/** Stands where an insertion has no neighbour, no parent by id, or is no type. */
export const none = -1

/** A run of insertions: its id, its place, and what kind of content it has. */
export type Struct = {
  readonly clock: number
  readonly length: number
  readonly kind: number
  readonly leftClient: number
  readonly leftClock: number
  readonly rightClient: number
  readonly rightClock: number
  readonly root: string | null
  readonly parentClient: number
  readonly parentClock: number
  /** The key in the parent, which only a first insertion names. */
  readonly key: string | null
  readonly typeKind: number
}

/** One client's insertions, without a gap. */
export type Lane = {
  readonly client: number
  readonly start: number
  readonly end: number
  readonly structs: readonly Struct[]
}

export type Scan = {
  readonly lanes: readonly Lane[]
  /** Per client: the clock after the last thing it deletes. */
  readonly deletes: ReadonlyMap<number, number>
}

/** What is read: an update somebody pushes, or one that has been in the log for long. */
export type Strictness = 'pushed' | 'stored'

/** Throws BadUpdate. What is `stored` may be larger, and hold what is taken from nobody any more. */
export function scanUpdate(bytes: Uint8Array, strictness: Strictness): Scan {
  const input: UpdateInput = { bytes, at: 0 }
  const lanes = readLanes(input, strictness)
  const deletes = readDeletes(input, strictness)
  if (input.at !== bytes.length) throw new BadUpdate('trailing-bytes')
  return { lanes, deletes }
}

function readLanes(input: UpdateInput, strictness: Strictness): Lane[] {
  const lanes: Lane[] = []
  const clients = new Set<number>()
  let room = strictness === 'pushed' ? structsPerUpdateMax : Infinity
  for (let left = readUint(input); left > 0; left--) {
    const count = readUint(input)
    if (count === 0) throw new BadUpdate('client-empty')
    if (count > room) throw new BadUpdate('too-many-structs')
    room -= count
    const client = readUint(input)
    if (clients.has(client)) throw new BadUpdate('client-twice')
    clients.add(client)
    lanes.push(readLane(input, client, count, strictness))
  }
  return lanes
}

function readLane(input: UpdateInput, client: number, count: number, strictness: Strictness): Lane {
  const start = readUint(input)
  const structs: Struct[] = []
  let clock = start
  for (let left = count; left > 0; left--) {
    const struct = readStruct(input, clock, strictness)
    if (struct.length === 0) throw new BadUpdate('zero-length')
    clock += struct.length
    if (clock > clockMax) throw new BadUpdate('clock-range')
    structs.push(struct)
  }
  return { client, start, end: clock, structs }
}

const hasLeft = 128
const hasRight = 64
const hasKey = 32
const kindBits = 31

function readStruct(input: UpdateInput, clock: number, strictness: Strictness): Struct {
  const info = readByte(input)
  const kind = info & kindBits
  const nowhere = kind === contentKinds.gone || kind === skipKind
  if (nowhere) return readNowhere(input, clock, info, strictness)
  const isFirst = (info & (hasLeft | hasRight)) === 0
  const leftClient = info & hasLeft ? readUint(input) : none
  const leftClock = info & hasLeft ? readUint(input) : none
  const rightClient = info & hasRight ? readUint(input) : none
  const rightClock = info & hasRight ? readUint(input) : none
  const inRoot = isFirst && readParentForm(input)
  const root = inRoot ? readName(input) : null
  const parentClient = isFirst && !inRoot ? readUint(input) : none
  const parentClock = isFirst && !inRoot ? readUint(input) : none
  const key = isFirst && info & hasKey ? readName(input) : null
  const typeKind = kind === contentKinds.type ? readTypeKind(input, strictness) : none
  const length = readContent(input, kind, strictness)
  // prettier-ignore
  return {
    clock, length, kind, leftClient, leftClock, rightClient, rightClock,
    root, parentClient, parentClock, key, typeKind
  }
}

/** What was deleted together with all that held it: only its length is left. */
function readNowhere(
  input: UpdateInput,
  clock: number,
  info: number,
  strictness: Strictness
): Struct {
  if (info !== contentKinds.gone && (strictness === 'pushed' || info !== skipKind)) {
    throw new BadUpdate('content-not-allowed')
  }
  // prettier-ignore
  return {
    clock, length: readUint(input), kind: info,
    leftClient: none, leftClock: none, rightClient: none, rightClock: none,
    root: null, parentClient: none, parentClock: none, key: null, typeKind: none
  }
}

/** Whether the parent is a root, by name, and not a type by id. */
function readParentForm(input: UpdateInput): boolean {
  const form = readUint(input)
  if (form > 1) throw new BadUpdate('number-form')
  return form === 1
}

const hookKind = 5

function readTypeKind(input: UpdateInput, strictness: Strictness): number {
  const kind = readUint(input)
  const { array, map, text, element, xmlText } = typeKinds
  if (kind === element) readName(input)
  else if (kind !== map && kind !== xmlText && kind !== text && kind !== array) {
    if (strictness === 'pushed' || kind > xmlText) throw new BadUpdate('type-not-allowed')
    if (kind === hookKind) readName(input)
  }
  return kind
}

/** Answers the length. */
function readContent(input: UpdateInput, kind: number, strictness: Strictness): number {
  switch (kind) {
    case contentKinds.type:
      return 1
    case contentKinds.text:
      return skipText(input)
    case contentKinds.deleted:
      return readUint(input)
    case contentKinds.format:
      readName(input)
      skipJson(input)
      return 1
    case contentKinds.any:
      return skipMany(input, skipAny)
    default:
      if (strictness === 'pushed') throw new BadUpdate('content-not-allowed')
      return skipForeign(input, kind)
  }
}

function skipMany(input: UpdateInput, skip: (input: UpdateInput) => void): number {
  const count = readUint(input)
  for (let left = count; left > 0; left--) skip(input)
  return count
}

/** Contents that other users of Yjs write: old JSON, bytes, embeds, documents in documents. */
function skipForeign(input: UpdateInput, kind: number): number {
  if (kind === 2) return skipMany(input, skipText)
  if (kind === 3) skipBytes(input)
  else if (kind === 5) skipText(input)
  else if (kind === 9) {
    skipText(input)
    skipAny(input)
  } else throw new BadUpdate('content-not-allowed')
  return 1
}

function readDeletes(input: UpdateInput, strictness: Strictness): Map<number, number> {
  const deletes = new Map<number, number>()
  let room = strictness === 'pushed' ? rangesPerUpdateMax : Infinity
  for (let left = readUint(input); left > 0; left--) {
    const client = readUint(input)
    if (deletes.has(client)) throw new BadUpdate('client-twice')
    const count = readUint(input)
    if (count === 0) throw new BadUpdate('client-empty')
    if (count > room) throw new BadUpdate('too-many-deletes')
    room -= count
    deletes.set(client, readRanges(input, count))
  }
  return deletes
}

/** Answers where the last range ends. */
function readRanges(input: UpdateInput, count: number): number {
  let end = 0
  for (let left = count; left > 0; left--) {
    const clock = readUint(input)
    const length = readUint(input)
    if (length === 0) throw new BadUpdate('zero-length')
    if (clock < end) throw new BadUpdate('deletes-unordered')
    end = clock + length
    if (end > clockMax) throw new BadUpdate('clock-range')
  }
  return end
}
