// What another region has told, and this region's replica does not have yet: put here as well where somebody builds on it or
// replication is late, so that nothing acknowledged here hangs on a region that may be gone.
import { namedClients } from '../../core/named-clients'
import type { NewEntry } from '../../core/ports'
import { lateMs } from './limits'
import type { Placed } from './tail'

/** Those of `unsettled` that have to be put before `entries` are appended: what these build on, what that builds on, and what is late. */
export function toSettle(
  unsettled: readonly Placed[],
  entries: readonly NewEntry[],
  now: number
): readonly Placed[] {
  const named = new Set<number>()
  for (const { update } of entries) for (const client of namedClients(update)) named.add(client)
  const chosen: Placed[] = []
  // Newest first: an older one is needed by what a newer one builds on.
  for (const placed of unsettled.toReversed()) {
    const { entry } = placed
    const isLate = now - entry.at > lateMs
    if (!isLate && !insertedBy(entry).some((client) => named.has(client))) continue
    for (const client of namedClients(entry.update)) named.add(client)
    chosen.push(placed)
  }
  return chosen.toReversed()
}

/** Client ids an entry inserts under. */
function insertedBy({ clients, update }: NewEntry): readonly number[] {
  return clients.length > 0 ? clients : [...namedClients(update)]
}
