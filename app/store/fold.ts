// Many updates as one: merged in a tree, runs of typing joined, or folded through a Y.Doc.
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { digestOf } from '../../sync-api/protocol/digest'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import type { Channel } from '../../sync-api/protocol/roles'
import { takeAll } from './take-all'

/** Inputs to one merge: beyond it `mergeUpdates` is quadratic (20,000 flat: 18 s, as a tree 75 ms). */
const mergeInputsMax = 256

/** UTF-16 units of one joined run: the relay checks each string, and reads it in one piece. */
export const runLengthMax = 32_768

type Struct = Y.Item | Y.GC | Y.Skip
export type DecodedUpdate = ReturnType<typeof Y.decodeUpdate>
type DeleteSet = DecodedUpdate['ds']

/** All updates as one, nothing interpreted; of none, the update that changes nothing. */
export function mergeInTree(updates: readonly Uint8Array[]): Uint8Array {
  let level = [...updates]
  while (level.length > 1) {
    const next: Uint8Array[] = []
    for (let at = 0; at < level.length; at += mergeInputsMax) {
      next.push(Y.mergeUpdates(level.slice(at, at + mergeInputsMax)))
    }
    level = next
  }
  return level[0] ?? new Uint8Array([0, 0])
}

/**
 * All updates as one in which every run of typing is a single insertion: 10,000 keys take about ten
 * bytes each merged, and one byte each here. Needs no Y.Doc, so the parts may depend on
 * anything that is not among them.
 */
export function foldRuns(updates: readonly Uint8Array[]): DecodedUpdate {
  const parts = updates.map((update) => Y.decodeUpdate(update))
  const ordered = joinParts(parts)
  if (ordered !== null) return ordered
  // Something is there twice or out of order: the general merge first sorts that out.
  const merged = joinParts([Y.decodeUpdate(mergeInTree(updates))])
  if (merged === null) throw new Error('A merged update is not in order')
  return merged
}

// Null when the structs of a client do not follow one another, part after part.
function joinParts(parts: readonly DecodedUpdate[]): DecodedUpdate | null {
  const byClient = new Map<number, Struct[]>()
  for (const struct of parts.flatMap((part) => part.structs)) {
    const own = byClient.get(struct.id.client)
    const last = own?.at(-1)
    if (own === undefined || last === undefined) byClient.set(struct.id.client, [struct])
    else if (last.id.clock + last.length !== struct.id.clock) return null
    else if (!join(last, struct)) own.push(struct)
  }
  const ds = Y.mergeDeleteSets(parts.map((part) => part.ds))
  return { structs: [...byClient.values()].flat(), ds }
}

// Joins `right` into `left`, which it follows, if on the wire the two mean the same as one longer insertion: typed one
// after the other, before the same neighbour. Map entries look alike once they have an origin, so
// only text and what was deleted are joined.
function join(left: Struct, right: Struct): boolean {
  if (left instanceof Y.GC && right instanceof Y.GC) {
    left.length += right.length
    return true
  }
  if (!(left instanceof Y.Item) || !(right instanceof Y.Item)) return false
  const follows = Y.compareIDs(right.origin, lastIdOf(left))
  if (!follows || !Y.compareIDs(left.rightOrigin, right.rightOrigin)) return false
  if (!joinContent(left.content, right.content)) return false
  left.length += right.length
  return true
}

function joinContent(left: Y.Item['content'], right: Y.Item['content']): boolean {
  if (left instanceof Y.ContentString && right instanceof Y.ContentString) {
    if (left.str.length + right.str.length > runLengthMax) return false
    return left.mergeWith(right)
  }
  if (left instanceof Y.ContentDeleted && right instanceof Y.ContentDeleted) {
    return left.mergeWith(right)
  }
  return false
}

function lastIdOf(item: Y.Item): Y.ID {
  return Y.createID(item.id.client, item.id.clock + item.length - 1)
}

/** A decoded update as V1 bytes again. `structs` are grouped by client and rise in clock. */
export function encodeUpdate({ structs, ds }: DecodedUpdate): Uint8Array {
  const encoder = new Y.UpdateEncoderV1()
  const byClient = new Map<number, Struct[]>()
  for (const struct of structs) {
    const own = byClient.get(struct.id.client)
    if (own === undefined) byClient.set(struct.id.client, [struct])
    else own.push(struct)
  }
  encoding.writeVarUint(encoder.restEncoder, byClient.size)
  // Higher client ids first, as Yjs itself writes them: equal content gives equal bytes.
  for (const [client, own] of [...byClient].sort(([one], [other]) => other - one)) {
    encoding.writeVarUint(encoder.restEncoder, own.length)
    encoder.writeClient(client)
    encoding.writeVarUint(encoder.restEncoder, own[0]!.id.clock)
    for (const struct of own) struct.write(encoder, 0)
  }
  writeDeleteSet(encoder, ds)
  return encoder.toUint8Array()
}

function writeDeleteSet(encoder: Y.UpdateEncoderV1, ds: DeleteSet): void {
  const entries = [...ds.clients].sort(([one], [other]) => other - one)
  encoding.writeVarUint(encoder.restEncoder, entries.length)
  for (const [client, ranges] of entries) {
    encoding.writeVarUint(encoder.restEncoder, client)
    encoding.writeVarUint(encoder.restEncoder, ranges.length)
    for (const { clock, len } of ranges) {
      encoding.writeVarUint(encoder.restEncoder, clock)
      encoding.writeVarUint(encoder.restEncoder, len)
    }
  }
}

/**
 * A channel's updates through a Y.Doc: one update of the same state, deleted text gone. Null while
 * something they build on is missing: folding would then carry the gap along for ever.
 */
export function foldState(channel: Channel, updates: readonly Uint8Array[]): Uint8Array | null {
  const doc = docOf(channel, updates)
  const whole = doc.store.pendingStructs === null && doc.store.pendingDs === null
  const state = whole ? Y.encodeStateAsUpdate(doc) : null
  doc.destroy()
  return state
}

/** The digest of what a channel's updates make together, as the relay makes that of its log. */
export function digestOfState(channel: Channel, updates: readonly Uint8Array[]): Uint8Array {
  const doc = docOf(channel, updates)
  const { sv, ds } = Y.snapshot(doc)
  doc.destroy()
  return digestOf({ clocks: sv, deletions: ds.clients })
}

function docOf(channel: Channel, updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  const [failed] = takeAll(doc, channel === 'content' ? [entryZero, ...updates] : updates)
  if (failed !== undefined) throw failed.cause
  return doc
}
