// Looks at a region from outside: what it acknowledged and what stood in its replica stays there, whoever reads it from the
// beginning is given it, and whoever has read it to its end has it.
import { createKnowledge } from '../knowledge'
import { covers, replicaOf } from '../replica-state'
import type { Author } from './author'
import type { Region } from './region'
import type { RegionsScene } from './scene'
import { storedIn } from './stored'

export type Probe = {
  look(region: Region): void
  /** Right after the region acknowledged an entry; `alone`: it was never sent to another. */
  acknowledged(region: Region, update: Uint8Array, alone: boolean): void
  caughtUp(author: Author, region: Region, startedAt: number): void
}

/** After so long, ms, what stands in a replica has come into the region's order. */
const orderedMs = 20_000

export function createProbe({ world, acked, ref }: RegionsScene): Probe {
  const { time, chance, counts } = world
  /** Since when entries have stood in a region, as it lives now, by name. */
  const stood = new WeakMap<Region, Map<string, number>>()

  const standing = (region: Region): Map<string, number> => {
    const known = stood.get(region) ?? new Map<string, number>()
    stood.set(region, known)
    return known
  }

  async function stored({ name }: Region): Promise<readonly Uint8Array[] | null> {
    try {
      return await storedIn(world, name, ref)
    } catch (cause) {
      world.broken(`${name} cannot be read: ${String(cause)}`)
      return null
    }
  }

  async function read(region: Region): Promise<void> {
    const updates = await stored(region)
    if (updates === null || !region.isAlive()) return
    const now = createKnowledge(updates)
    const must = standing(region)
    for (const [name, { region: by, entry }] of acked) {
      const isThere = now.covers(entry.update)
      if ((by === region || isThere) && !must.has(name)) must.set(name, time.now())
      if (must.has(name) && !isThere) {
        world.broken(`${name} stood in ${region.name} and stands there no more`)
      }
    }
    const required = [...must.keys()]
    const there = createKnowledge(await region.readAll(ref))
    counts.probes += 1
    for (const name of required) {
      const { update } = acked.get(name)!.entry
      if (!there.covers(update)) world.broken(`a reader of ${region.name} misses ${name}`)
    }
  }

  async function check(region: Region, update: Uint8Array, alone: boolean): Promise<void> {
    const updates = await stored(region)
    if (updates === null || !region.isAlive()) return
    if (!createKnowledge(updates).covers(update)) {
      world.broken(`${region.name} acknowledged what does not stand in its replica`)
    }
    if (!alone || !chance.happens(0.2)) return
    if (!covers(replicaOf(updates), update)) {
      world.broken(`${region.name} acknowledged what builds on something it has not`)
    }
  }

  return {
    look(region) {
      read(region).catch((cause: unknown) => world.tell(`${region.name}: probe: ${String(cause)}`))
    },
    acknowledged: (region, update, alone) => void check(region, update, alone),
    caughtUp(author, region, startedAt) {
      for (const [name, at] of standing(region)) {
        if (at > startedAt - orderedMs || author.has(acked.get(name)!.entry.update)) continue
        world.broken(`${author.name} has read ${region.name} to its end and misses ${name}`)
      }
    }
  }
}
