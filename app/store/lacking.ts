// What this device holds of a channel and a log does not, as batches to push.
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import type { Channel } from '../../sync-api/protocol/roles'
import { schemaVersion } from '../../sync-api/protocol/version'
import { encodeUpdate, mergeInTree, type DecodedUpdate } from './fold'
import { fits, splitUpdate, type Batch } from './seal'
import { neighboursOf, vouchedLackingIn, type VouchedUpdate } from './vouched'

/**
 * What is in `here` and not in `there`: entries of others as they were, as far as `kept` has them, and the rest in as
 * few batches as the limits of a push allow.
 */
export function batchesLackingIn(
  channel: Channel,
  there: readonly Uint8Array[],
  here: readonly Uint8Array[],
  kept: readonly VouchedUpdate[] = []
): Batch[] {
  // Every log begins with entry zero, and none is sent it.
  const begun = channel === 'content' ? [entryZero, ...there] : there
  const had = merged(begun)
  const vouched = vouchedLackingIn({ clocks: clocksOf(had), ds: had.ds }, kept)
  const given = vouched.map((one) => ({ ...one, writers: [], schemaMajor }))
  const log = vouched.length === 0 ? had : merged([...begun, ...given.map(({ update }) => update)])
  return [...given, ...restLackingIn(log, here)]
}

const schemaMajor = schemaVersion.major

function restLackingIn(log: DecodedUpdate, here: readonly Uint8Array[]): Batch[] {
  const mine = merged(here)
  const clocks = clocksOf(log)
  // What is known in part goes whole: overlap is harmless.
  const more = mine.structs.filter(
    ({ id, length }) => id.clock + length > (clocks.get(id.client) ?? 0)
  )
  const { structs, ends } = inOrder(more, clocks)
  const ds = upTo(ends, mine.ds)
  if (structs.length === 0 && covers(log.ds, ds)) return []
  const placed = new Set(structs)
  const lacking = { structs: more.filter((struct) => placed.has(struct)), ds }
  const update = encodeUpdate(lacking)
  const updates = fits(lacking, update) ? [update] : splitUpdate({ structs, ds })
  // They name no writers, since others wrote some of it.
  return updates.map((piece) => ({ update: piece, writers: [], schemaMajor }))
}

type Structs = DecodedUpdate['structs']

/** Insertions as the relay takes them, and how far each client is known by them. */
type Placed = { readonly structs: Structs; readonly ends: ReadonlyMap<number, number> }

/** Each after what it builds on. What builds on something that neither has is left out: no relay takes it, nor what comes after it. */
function inOrder(more: Structs, clocks: ReadonlyMap<number, number>): Placed {
  const ends = new Map(clocks)
  const isThere = (id: unknown): boolean =>
    !(id instanceof Y.ID) || id.clock < (ends.get(id.client) ?? 0)
  const follows = (struct: Structs[number]): boolean =>
    !(struct instanceof Y.Skip) &&
    struct.id.clock <= (ends.get(struct.id.client) ?? 0) &&
    neighboursOf(struct).every(isThere)
  const lanes = new Map<number, Structs>()
  for (const struct of more) {
    const lane = lanes.get(struct.id.client)
    if (lane === undefined) lanes.set(struct.id.client, [struct])
    else lane.push(struct)
  }
  const structs: Structs = []
  for (let before = -1; structs.length > before;) {
    before = structs.length
    for (const lane of lanes.values()) {
      for (let next = lane[0]; next !== undefined && follows(next); next = lane[0]) {
        structs.push(next)
        ends.set(next.id.client, next.id.clock + next.length)
        lane.shift()
      }
    }
  }
  return { structs, ends }
}

/** What of the deletions is of insertions up to there. */
function upTo(ends: ReadonlyMap<number, number>, ds: DecodedUpdate['ds']): DecodedUpdate['ds'] {
  const known = Y.createDeleteSet()
  for (const [client, ranges] of ds.clients) {
    const end = ends.get(client) ?? 0
    const there = ranges.flatMap(({ clock, len }) =>
      clock < end ? [{ clock, len: Math.min(len, end - clock) }] : []
    )
    if (there.length > 0) known.clients.set(client, there)
  }
  return known
}

function merged(updates: readonly Uint8Array[]): DecodedUpdate {
  return Y.decodeUpdate(mergeInTree(updates))
}

/** How far each client is known without a gap. */
function clocksOf({ structs }: DecodedUpdate): Map<number, number> {
  const clocks = new Map<number, number>()
  for (const { id, length } of structs.filter((struct) => !(struct instanceof Y.Skip))) {
    if (id.clock === (clocks.get(id.client) ?? 0)) clocks.set(id.client, id.clock + length)
  }
  return clocks
}

/** Whether everything that `inner` deletes is deleted by `outer` too. */
function covers(outer: DecodedUpdate['ds'], inner: DecodedUpdate['ds']): boolean {
  return Y.equalDeleteSets(Y.mergeDeleteSets([outer]), Y.mergeDeleteSets([outer, inner]))
}
