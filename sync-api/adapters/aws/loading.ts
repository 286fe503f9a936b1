// A log as one region has it: updates are read before manifests and these before checkpoints, so that what is folded and
// taken out meanwhile is seen in at least one of them.
import { createHash } from 'node:crypto'
import { readVersion, type GlobalCheckpoint } from './checkpoint-rows'
import { sameBytes } from '../../protocol/bytes'
import { markBytes } from './global-cursor'
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
  /** A mark of each of these: what a reading goes on top of. */
  readonly marks: readonly Uint8Array[]
}

export async function load(table: Table, pk: string): Promise<Loaded> {
  const entries = entriesOfRows(await readAll(table, pk, updateRange))
  for (let tries = 1; ; tries++) {
    const manifests = await readManifests(table, pk)
    const found = await readCheckpoints(table, pk, manifests)
    if (found !== null) return { entries, ...found }
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
): Promise<Pick<Loaded, 'checkpoints' | 'versions' | 'marks'> | null> {
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
  return { checkpoints, versions, marks: [...whole].map(([owner, ref]) => markOf(owner, ref)) }
}

/** A base is there itself, or a later version of its owner's, or another region's that holds it: then it may be going. */
function standsFor(whole: ReadonlyMap<string, Ref>, { owner, base }: Manifest): boolean {
  if (base === null || whole.has(owner)) return true
  return [...whole.values()].some(({ covers }) => {
    const covered = covers.get(owner)
    return covered !== undefined && versionNumber(covered) >= versionNumber(base)
  })
}

/**
 * Whether the versions with these marks hold all that is being taken out now: the base of each region is among them or older, or
 * one of them holds it.
 */
export async function stillHold(
  table: Table,
  pk: string,
  marks: readonly Uint8Array[]
): Promise<boolean> {
  const manifests = await readManifests(table, pk)
  const read = new Map<string, Ref>()
  for (const { owner, refs } of manifests) {
    // A manifest names no version older than its base.
    const ref = refs.find((one) => {
      const whole = markOf(owner, one)
      return marks.some((mark) => sameBytes(mark, whole.subarray(0, mark.length)))
    })
    if (ref !== undefined) read.set(owner, ref)
  }
  return manifests.every((manifest) => standsFor(read, manifest))
}

function markOf(owner: string, { version }: Ref): Uint8Array {
  const hash = createHash('sha256').update(`${owner} ${version}`)
  return hash.digest().subarray(0, markBytes)
}
