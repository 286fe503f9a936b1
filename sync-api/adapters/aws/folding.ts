// A checkpoint of what was read, beside those that stand: nothing is taken out before every region holds it.
import type { Checkpoint } from '../../core/ports'
import type { ChannelRef } from '../../protocol/ids'
import { putVersion } from './checkpoint-rows'
import type { GlobalLogParts } from './log-parts'
import { logKey, versionName, versionNumber } from './keys'
import { versionChanceBytes } from './limits'
import { putManifest, readManifest, type Ref } from './manifests'
import { numbersIn } from './outbox-numbers'
import type { Read } from './reading'
import { rowsOfEntry } from './update-rows'

/** False when another fold of this region was there first. */
export async function foldReading(
  { table, region, random, now }: GlobalLogParts,
  ref: ChannelRef,
  { loaded, entries }: Read,
  checkpoint: Checkpoint
): Promise<boolean> {
  const pk = logKey(ref)
  const manifest = await readManifest(table, pk, region)
  // A version holds all before it: one made since, and not read, would be dropped for this one.
  const newest = manifest.refs.at(-1)?.version
  if (newest !== loaded.versions.get(region)) return false
  const numbers = numbersIn(loaded.checkpoints)
  const folded = new Map<string, number>()
  for (const entry of entries) {
    numbers.learn(entry.outbox, entry.n)
    const { key, rows } = rowsOfEntry(ref, entry, region)
    folded.set(key, rows.length)
  }
  const version = versionName(manifest.revision + 1, random(versionChanceBytes))
  const covers = coveredBy(manifest.refs.at(-1), loaded.versions)
  covers.delete(region)
  const place = { pk, owner: region, version, at: now() }
  const stored = { checkpoint, outboxes: numbers.known(), ahead: numbers.ahead() }
  const made = await putVersion(table, place, stored, folded, covers)
  return putManifest(table, pk, { ...manifest, refs: [...manifest.refs, made] }, now())
}

/** What was read of the others, and what the version before had of them: this one holds it as well. */
function coveredBy(
  before: Ref | undefined,
  read: ReadonlyMap<string, string>
): Map<string, string> {
  const covers = new Map(before?.covers)
  for (const [owner, version] of read) {
    const held = covers.get(owner)
    if (held === undefined || versionNumber(held) < versionNumber(version))
      covers.set(owner, version)
  }
  return covers
}
