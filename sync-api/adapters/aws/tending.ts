// What every region does for every log now and then: says which checkpoints it holds, and takes out of its own what every
// region holds folded. Any number of functions may do it at once, and die at any step.
import { foldedRange, ownedRanges, versionNumber, versionOf, chunkRange } from './keys'
import { readFolded, readVersion } from './checkpoint-rows'
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

export type Tended = {
  readonly table: Table
  /** This region, and all that have to hold a checkpoint before what is in it goes. */
  readonly region: string
  readonly members: readonly string[]
  /** ms since 1970. */
  readonly now: () => number
}

/** Says of each region's newest checkpoint that is whole here that it is, and answers whether anything was said. */
export async function acknowledge(tended: Tended, pk: string): Promise<boolean> {
  const { table, region, now } = tended
  let said = false
  for (const { owner, refs } of await readManifests(table, pk)) {
    for (const ref of refs.toReversed()) {
      if ((await readVersion(table, pk, owner, ref)) === null) continue
      const ack = { region, owner, version: ref.version, at: now() }
      if (await putAck(table, pk, ack)) said = true
      break
    }
  }
  return said
}

/** Takes out what every region holds folded, and what is left of folds that died. */
export async function reap(tended: Tended, pk: string): Promise<void> {
  const { table, region, now } = tended
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
  const held = members.map((member) => acks.get(member)?.get(region))
  if (held.some((version) => version === undefined)) return manifest
  const low = Math.min(...held.map((version) => versionNumber(version ?? '')))
  const covered = manifest.refs.filter(({ version }) => versionNumber(version) <= low)
  const base = covered.at(-1)?.version
  if (base === undefined || base === manifest.base) return manifest
  const refs = manifest.refs.filter(({ version }) => versionNumber(version) >= versionNumber(base))
  return { ...manifest, base, refs, reaping: added(manifest.reaping, covered) }
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
  await table.remove(pk, await readFolded(table, pk, region, version))
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
