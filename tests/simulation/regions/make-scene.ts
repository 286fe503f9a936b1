// A world of several regions, made of a seed.
import { documentIdOf, idOf, longIdBytes } from '../../../sync-api/protocol/ids'
import type { PersonId } from '../../../sync-api/protocol/ids'
import { createChance } from '../chance'
import { createTime } from '../time'
import { Violation } from '../violation'
import { createAuthor, type Author } from './author'
import type { PlantName } from './plant-names'
import { createProbe, type Probe } from './probe'
import { createRegion, type Told } from './region'
import type { RegionWorld } from './region-world'
import { createReplicas } from './replicas'
import type { RegionsScene } from './scene'
import { createTroubles } from './troubles'

export const regionNames = ['us', 'eu', 'ap'] as const

/** The document's nonce, by which its owner makes it. */
export const nonce = 'doc'

function createWorld(seed: number, plant: PlantName | null, trace: string[]): RegionWorld {
  const time = createTime()
  const chance = createChance(seed)
  const troubles = createTroubles(time, chance, {
    fails: chance.happens(0.5) ? chance.share() * 0.02 : 0,
    slow: chance.happens(0.7) ? chance.share() * 0.1 : 0
  })
  const startedAt = time.now()
  let wrong: string | null = null
  return {
    ...{ time, chance, troubles, plant },
    replicas: createReplicas(time, chance, troubles, regionNames),
    counts: {
      ...{ acks: 0, folds: 0, deaths: 0, flushes: 0 },
      ...{ healed: 0, forged: 0, probes: 0, destroyed: 0 }
    },
    deaths: chance.happens(0.6) ? chance.share() * 0.01 : 0,
    lostEvents: chance.pick([0, 0.1, 0.5, 1]),
    isHealed: false,
    members: regionNames,
    tell: (what) => trace.push(`${time.now() - startedAt} ${what}`),
    broken(what) {
      wrong ??= what
    },
    assertSound() {
      if (wrong !== null) throw new Violation(wrong)
    }
  }
}

export type ProbedScene = RegionsScene & { readonly probe: Probe }

/** The same seed gives the same world. */
export function createScene(seed: number, plant: PlantName | null, trace: string[]): ProbedScene {
  const world = createWorld(seed, plant, trace)
  const { chance } = world
  const regions = new Map<string, ReturnType<typeof createRegion>>()
  const acked: RegionsScene['acked'] = new Map()
  for (const name of regionNames)
    regions.set(name, createRegion(world, name, publishTo(world, regions)))
  const people = Array.from({ length: 4 }, () => idOf<PersonId>(chance.bytes(longIdBytes)))
  const ref = { document: documentIdOf(people[0]!, nonce), channel: 'content' } as const
  const homes = new Map<Author, string>()
  const authors: Author[] = []
  const probe = createProbe({ world, regions, authors, homes, ref, acked })
  for (const [at, person] of people.entries()) {
    const author: Author = createAuthor(world, {
      ...{ name: 'abcd'[at]!, person, ref },
      region: () => regions.get(homes.get(author)!) ?? null,
      onAcked(region, entry, alone) {
        acked.set(`${entry.outbox} ${entry.n}`, { region, entry })
        probe.acknowledged(region, entry.update, alone)
      },
      onCaughtUp: (region, startedAt) => probe.caughtUp(author, region, startedAt)
    })
    authors.push(author)
    homes.set(author, chance.pick(regionNames))
  }
  return { world, regions, authors, homes, ref, acked, probe }
}

/** The bus: to every other region, once or twice or never, in any order. */
export function publishTo(
  world: RegionWorld,
  regions: ReadonlyMap<string, ReturnType<typeof createRegion>>
): (from: string, told: readonly Told[]) => void {
  const { time, chance, troubles } = world
  return (from, told) => {
    for (const [to, region] of regions) {
      if (to === from) continue
      for (let copies = chance.happens(0.1) ? 2 : 1; copies > 0; copies--) {
        if (chance.happens(world.lostEvents) || troubles.isolatedFor(from, to) > 0) continue
        time.after(40 + chance.below(600), () => region.hear(told))
      }
    }
  }
}
