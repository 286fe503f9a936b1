// Asks the other regions: before somebody is refused for good because of something that may only not have come here yet.
import { allOf } from '../../core/all-of'
import type { ChannelRef } from '../../protocol/ids'
import type { GlobalLogParts } from './log-parts'
import { logKey, updateRange } from './keys'
import { readAll } from './table'
import { orNull } from './tail'
import { entriesOfRows } from './update-rows'

/** As `GlobalLog` has it. */
export async function consult(
  { table, tail, others }: GlobalLogParts,
  ref: ChannelRef
): Promise<void> {
  const pk = logKey(ref)
  const here = new Set((await readAll(table, pk, updateRange)).map(({ sk }) => sk))
  const there = await allOf(others().map((other) => readAll(other, pk, updateRange)))
  const missing = new Map(there.flat().map((row) => [row.sk, row]))
  for (const sk of here) missing.delete(sk)
  const rows = [...missing.values()].sort((one, other) => (one.sk < other.sk ? -1 : 1))
  for (const row of rows) await table.putNew(row)
  const told = entriesOfRows(rows).map(({ key, entry }) => ({ key, entry, durable: true }))
  if (told.length > 0) await orNull(tail.add(ref, told))
}
