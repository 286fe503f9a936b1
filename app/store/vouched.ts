// Entries of others as they were, with the relay's receipts: what a log has lost is given back as it was.
import * as Y from 'yjs'
import type { Voucher } from '../../sync-api/protocol/messages'
import type { DecodedUpdate } from './fold'

/** An update as the log had it. */
export type VouchedUpdate = { readonly update: Uint8Array; readonly voucher: Voucher }

/** Entries kept of a channel beyond its folded state, bytes: the newest, since a backup lacks those. */
export const vouchedBytesMax = 256 * 1024

type Row = { readonly update: Uint8Array; readonly voucher?: Voucher | undefined }

/** Those of the rows that the relay vouches for, in their order. */
export function vouchedOf(rows: readonly Row[]): VouchedUpdate[] {
  return rows.flatMap(({ update, voucher }) => (voucher === undefined ? [] : [{ update, voucher }]))
}

/** How many of the first ones are too many. */
export function overVouched(kept: readonly Pick<VouchedUpdate, 'update'>[]): number {
  let bytes = 0
  for (let at = kept.length; at > 0; at--) {
    bytes += kept[at - 1]!.update.length
    if (bytes > vouchedBytesMax) return at
  }
  return 0
}

/** What a log has: how far each client has inserted without a gap, and what is deleted. */
export type Had = { readonly clocks: ReadonlyMap<number, number>; readonly ds: DeleteSet }

/**
 * Those that a log lacks and takes in this order: each builds on what the log has, or on those before it. What builds on
 * anything else is left to whoever has that.
 */
export function vouchedLackingIn(had: Had, kept: readonly VouchedUpdate[]): VouchedUpdate[] {
  const ends = new Map(had.clocks)
  const deleted = Y.mergeDeleteSets([had.ds])
  return kept.filter(({ update }) => {
    const { structs, ds } = Y.decodeUpdate(update)
    const inserts = structs.some(({ id, length }) => id.clock + length > (ends.get(id.client) ?? 0))
    if (!inserts && covers(deleted, ds)) return false
    return place(structs, ds, ends)
  })
}

type Struct = DecodedUpdate['structs'][number]
type DeleteSet = DecodedUpdate['ds']

/** Adds to `ends` what an update inserts, if all it builds on is there or comes in itself; answers whether it is. */
function place(structs: readonly Struct[], ds: DeleteSet, ends: Map<number, number>): boolean {
  const after = new Map(ends)
  const isThere = (id: unknown): boolean =>
    !(id instanceof Y.ID) || id.clock < (after.get(id.client) ?? 0)
  // Whatever the order of its clients: each may build on another.
  let waiting = structs
  for (let before = Infinity; waiting.length < before;) {
    before = waiting.length
    waiting = waiting.filter((struct) => {
      const { id, length } = struct
      const end = after.get(id.client) ?? 0
      if (id.clock > end || !neighboursOf(struct).every(isThere)) return true
      after.set(id.client, Math.max(end, id.clock + length))
      return false
    })
  }
  const isPlaced =
    waiting.length === 0 &&
    everyRange(ds, (client, clock, len) => clock + len <= (after.get(client) ?? 0))
  if (isPlaced) for (const [client, end] of after) ends.set(client, end)
  return isPlaced
}

/** What an insertion stands between and in. */
export function neighboursOf(struct: Struct): readonly unknown[] {
  return struct instanceof Y.Item ? [struct.origin, struct.rightOrigin, struct.parent] : []
}

/** Whether all of `inner` is in `outer`, whose ranges are merged. */
function covers(outer: DeleteSet, inner: DeleteSet): boolean {
  return everyRange(inner, (client, clock, len) => {
    const ranges = outer.clients.get(client) ?? []
    return ranges.some((range) => range.clock <= clock && clock + len <= range.clock + range.len)
  })
}

function everyRange(
  ds: DeleteSet,
  holds: (client: number, clock: number, len: number) => boolean
): boolean {
  return [...ds.clients].every(([client, ranges]) =>
    ranges.every(({ clock, len }) => holds(client, clock, len))
  )
}
