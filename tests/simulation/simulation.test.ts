// Everything fails, in 300 worlds: nothing acknowledged is lost and all replicas agree. Bugs put in are found.
import { describe, expect, it } from 'vitest'
import { plantNames, type PlantName } from './plant-names'
import { simulate, type Outcome } from './simulation'

/** Seeds of every run. `npm run simulate` takes others. */
const seeds = 300

/** Within how many seeds a planted bug must show. */
const seedsPerPlant = 100

/** Seeds that once broke something, by what it was. */
const pinned: readonly (readonly [seed: number, story: string])[] = [
  [126, 'a right given back while the connection stood was told to nobody'],
  [165, 'a document that the relay could not make was not asked for again']
]

function sentenceOf({ seed, violation, trace }: Outcome): string {
  return `seed ${seed}: ${violation}\n${trace.join('\n')}\nnpm run simulate -- 1 --seed ${seed}`
}

async function expectSound(seed: number): Promise<Outcome> {
  const outcome = await simulate(seed)
  if (outcome.violation === null) return outcome
  // Once more with every message, for whoever reads the failure.
  throw new Error(sentenceOf(await simulate(seed, null, true)))
}

async function firstFinding(plant: PlantName): Promise<number | null> {
  for (let seed = 1; seed <= seedsPerPlant; seed++) {
    const { violation } = await simulate(seed, plant)
    if (violation !== null) return seed
  }
  return null
}

describe('the simulation', () => {
  it(`keeps every promise in ${seeds} worlds in which everything fails`, async () => {
    const totals = { acks: 0, saved: 0, deaths: 0 }
    for (let seed = 1; seed <= seeds; seed++) {
      const { counts } = await expectSound(seed)
      totals.acks += counts.acks
      totals.saved += counts.saved
      totals.deaths += counts.deaths
    }
    // Worlds in which nothing happens would prove nothing.
    expect(totals.acks).toBeGreaterThan(seeds * 20)
    expect(totals.saved).toBeGreaterThan(seeds * 40)
    expect(totals.deaths).toBeGreaterThan(seeds / 2)
  }, 600_000)

  it.each(pinned)('still keeps every promise under seed %i: %s', async (seed) => {
    await expectSound(seed)
  })

  it('gives the same world for the same seed', async () => {
    const [one, other] = [await simulate(7, null, true), await simulate(7, null, true)]
    expect(other).toEqual(one)
    expect((await simulate(8, null, true)).trace).not.toEqual(one.trace)
  })

  it.each(plantNames)(
    'finds the planted bug: %s',
    async (plant) => {
      expect(await firstFinding(plant)).not.toBeNull()
    },
    600_000
  )
})
