// A log as one region has it: updates are read before manifests and these before checkpoints, so that what is folded and
// taken out meanwhile is seen in at least one of them.
import { createHash } from 'node:crypto'
import { readVersion, type GlobalCheckpoint } from './checkpoint-rows'
import { basesBytes } from './global-cursor'
import { updateRange, versionNumber } from './keys'
import { checkpointTriesMax } from './limits'
import { readManifests, type Manifest, type Ref } from './manifests'
import { readAll, type Table } from './table'
import { entriesOfRows, type StoredEntry } from './update-rows'

export type Loaded = {
  readonly entries: readonly StoredEntry[]
  /** One of each region that has made any. */
  readonly checkpoints: readonly GlobalCheckpoint[]
  /** Which version of each region's that is. */
  readonly versions: ReadonlyMap<string, string>
  /** Stands for the bases: as long as it is the same, what was read of checkpoints covers what is taken out. */
  readonly bases: Uint8Array
}

export async function load(table: Table, pk: string): Promise<Loaded> {
  const entries = entriesOfRows(await readAll(table, pk, updateRange))
  for (let tries = 1; ; tries++) {
    const manifests = await readManifests(table, pk)
    const found = await readCheckpoints(table, pk, manifests)
    if (found !== null) return { entries, ...found, bases: basesOf(manifests) }
    // A manifest that stood when it was read, and then was followed by another: its chunks are gone.
    if (tries === checkpointTriesMax) {
      throw new Error(`No checkpoint of ${pk} is whole in this region yet`)
    }
  }
}

/** Null where a base is not whole, and nothing stands for it. */
async function readCheckpoints(
  table: Table,
  pk: string,
  manifests: readonly Manifest[]
): Promise<Pick<Loaded, 'checkpoints' | 'versions'> | null> {
  const checkpoints: GlobalCheckpoint[] = []
  const whole = new Map<string, Ref>()
  for (const { owner, refs } of manifests) {
    for (const ref of refs.toReversed()) {
      const stored = await readVersion(table, pk, owner, ref)
      if (stored === null) continue
      // Every version of an owner holds all before it.
      checkpoints.push(stored)
      whole.set(owner, ref)
      break
    }
  }
  if (manifests.some((manifest) => !standsFor(whole, manifest))) return null
  const versions = new Map([...whole].map(([owner, { version }]) => [owner, version]))
  return { checkpoints, versions }
}

/** A base is there itself, or a later version of its owner's, or another region's that holds it: then it may be going. */
function standsFor(whole: ReadonlyMap<string, Ref>, { owner, base }: Manifest): boolean {
  if (base === null || whole.has(owner)) return true
  return [...whole.values()].some(({ covers }) => {
    const covered = covers.get(owner)
    return covered !== undefined && versionNumber(covered) >= versionNumber(base)
  })
}

/** The bases as they are now. */
export async function readBases(table: Table, pk: string): Promise<Uint8Array> {
  return basesOf(await readManifests(table, pk))
}

function basesOf(manifests: readonly Manifest[]): Uint8Array {
  const hash = createHash('sha256')
  for (const { owner, base } of manifests) hash.update(`${owner} ${base ?? ''}\n`)
  return hash.digest().subarray(0, basesBytes)
}
