// What every region does for every log now and then: says which checkpoints it holds, and takes out of its own what every
// region holds folded. Any number of functions may do it at once, and die at any step.
import { chunkRange, foldedRange, logKey, ownedRanges, versionNumber, versionOf } from './keys'
import type { ChannelRef } from '../../protocol/ids'
import { readFolded, readListed, readVersion } from './checkpoint-rows'
import {
  putAck,
  putManifest,
  readAcks,
  readManifest,
  readManifests,
  type Acks,
  type Manifest,
  type Ref
} from './manifests'
import { readAll, type Range, type Table } from './table'
import type { Tail } from './tail'

export type Tended = {
  readonly table: Table
  readonly tail: Tail
  /** This region, and all that have to hold a checkpoint before what is in it goes. */
  readonly region: string
  readonly members: readonly string[]
  /** ms since 1970. */
  readonly now: () => number
}

/** Says of each region's newest checkpoint that is whole here that it is. */
export async function acknowledge(tended: Tended, ref: ChannelRef): Promise<void> {
  const { table, region, now } = tended
  const pk = logKey(ref)
  const acks = await readAcks(table, pk)
  for (const manifest of await readManifests(table, pk)) {
    const { owner } = manifest
    const version = await newestWhole(tended, ref, manifest, acks.get(region)?.get(owner))
    if (version !== null) await putAck(table, pk, { region, owner, version, at: now() })
  }
}

/** The newest version that is whole here and has not been said to be; null of none. */
async function newestWhole(
  { table, tail }: Tended,
  ref: ChannelRef,
  { owner, refs }: Manifest,
  said: string | undefined
): Promise<string | null> {
  const pk = logKey(ref)
  for (const one of refs.toReversed()) {
    if (one.version === said) return null
    if ((await readVersion(table, pk, owner, one)) === null) continue
    const folded = await readFolded(table, pk, owner, one)
    if (folded === null) continue
    // An entry may be taken out before it ever came here on its own: then whoever stands in the order would never hear of it.
    if ((await tail.knows(ref, [...folded.keys()])) === false) await tail.end(ref)
    return one.version
  }
  return null
}

/** Takes out what every region holds folded, and what is left of folds that died. */
export async function reap(tended: Tended, ref: ChannelRef): Promise<void> {
  const { table, region, now } = tended
  const pk = logKey(ref)
  const before = await readManifest(table, pk, region)
  if (before.revision === 0) return
  const acks = await readAcks(table, pk)
  const others = (await readManifests(table, pk)).filter(({ owner }) => owner !== region)
  const next = retired(advanced(before, tended, acks), others)
  if (next !== before && !(await putManifest(table, pk, next, now()))) return
  // Written down first: whoever dies below is followed by one that goes on.
  const reaped = next === before ? before : { ...next, revision: before.revision + 1 }
  for (const version of reaped.reaping) await takeOut(tended, pk, reaped, version)
  if (reaped.reaping.length > 0) {
    if (!(await putManifest(table, pk, { ...reaped, reaping: [] }, now()))) return
  }
  await sweep(tended, pk, reaped)
}

/** With the newest version that all members say they hold as its base, and nothing older. */
function advanced(manifest: Manifest, { members, region }: Tended, acks: Acks): Manifest {
  const { refs } = manifest
  // By name and not by number: a region that was lost and came again may have made another version of that number.
  const held = members.map((member) => {
    const said = acks.get(member)?.get(region)
    return refs.findIndex(({ version }) => version === said)
  })
  const low = Math.min(...held)
  const base = refs[low]?.version
  if (base === undefined || base === manifest.base) return manifest
  return {
    ...manifest,
    base,
    refs: refs.slice(low),
    reaping: added(manifest.reaping, refs.slice(0, low + 1))
  }
}

/** Without any reference where another region's base holds all of them: one checkpoint is enough. */
function retired(manifest: Manifest, others: readonly Manifest[]): Manifest {
  const newest = manifest.refs.at(-1)
  if (newest === undefined || manifest.base === null) return manifest
  const holds = others.some((other) => {
    const base = other.refs.find(({ version }) => version === other.base)
    const covered = base?.covers.get(manifest.owner)
    return covered !== undefined && versionNumber(covered) >= versionNumber(newest.version)
  })
  if (!holds) return manifest
  return { ...manifest, base: null, refs: [], reaping: added(manifest.reaping, manifest.refs) }
}

function added(reaping: readonly string[], refs: readonly Ref[]): readonly string[] {
  return [...new Set([...reaping, ...refs.map(({ version }) => version)])]
}

/** The entries in a version that every region holds, and the version itself where a later one stands for it. */
async function takeOut(
  { table, region }: Tended,
  pk: string,
  { refs }: Manifest,
  version: string
): Promise<void> {
  await table.remove(pk, await readListed(table, pk, region, version))
  if (!refs.some((ref) => ref.version === version)) {
    await removeRange(table, pk, chunkRange(region, version))
  }
  // Last: as long as the lists stand, the entries can be taken out again.
  await removeRange(table, pk, foldedRange(region, version))
}

/** Rows of folds that died before a manifest named them: older than one that it does name. */
async function sweep({ table, region }: Tended, pk: string, manifest: Manifest): Promise<void> {
  const { refs, base } = manifest
  if (base === null) return
  const named = new Set(refs.map(({ version }) => version))
  const left: string[] = []
  for (const range of ownedRanges(region)) {
    for (const { sk } of await readAll(table, pk, range)) {
      const version = versionOf(sk)
      if (named.has(version) || versionNumber(version) > versionNumber(base)) continue
      left.push(sk)
    }
  }
  await table.remove(pk, left)
}

async function removeRange(table: Table, pk: string, range: Range): Promise<void> {
  await table.remove(
    pk,
    (await readAll(table, pk, range)).map(({ sk }) => sk)
  )
}
