// Three regions, and everything between and in them fails: what was acknowledged is lost only with all who had it.
import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { firstFinding } from '../first-finding'
import { simulateAll } from '../threads'
import { addTo, sumOf } from '../totals'
import { plantNames, seedsPerPlant } from './plant-names'
import { simulate, type RegionsOutcome } from './regions'

/** Worlds of every run; `npm run simulate -- regions` takes more. */
const seeds = 300

/** Where a run begins: every run looks at other worlds, unless `MERIDIAN_SEED` says which. */
const first = Number(process.env['MERIDIAN_SEED'] ?? randomInt(2 ** 32 - seeds))

/** Seeds that once broke something, by what it was. */
const pinned: readonly (readonly [seed: number, story: string])[] = [
  // A version did not say that it holds what the one before it held of another region.
  [700_030, 'a region could not be read while another took out what a third held folded'],
  // The right had come to the replica, and not yet to its order, from where rights were read on.
  [910_375, 'a push was refused although the right of its author stood in the replica'],
  // What it builds on was there: Yjs had noted what something behind it waits for.
  [1_109_032_389, 'a copy did not show an edit although all it builds on had come']
]

function sentenceOf({ seed, violation, trace }: RegionsOutcome): string {
  const again = `npm run simulate -- regions 1 ${seed}`
  return `seed ${seed}: ${violation}\n${trace.join('\n')}\n${again}`
}

describe('three regions', () => {
  it(`lose nothing that was acknowledged and that anybody still has, in ${seeds} worlds`, async () => {
    const totals = {} as RegionsOutcome['counts']
    const broken: RegionsOutcome[] = []
    await simulateAll({
      ...{ file: 'regions/regions.ts', simulate, first, count: seeds, plant: null },
      onOutcome(outcome: RegionsOutcome) {
        addTo(totals, outcome.counts)
        if (outcome.violation !== null) broken.push(outcome)
      }
    })
    process.stdout.write(`${seeds} worlds of regions from seed ${first}: ${sumOf(totals)}\n`)
    if (broken[0] !== undefined) throw new Error(sentenceOf(broken[0]))
    // Worlds in which nothing happens would prove nothing.
    expect(totals.acks).toBeGreaterThan(seeds * 40)
    expect(totals.folds).toBeGreaterThan(seeds * 3)
    expect(totals.removals).toBeGreaterThan(seeds * 10)
    expect(totals.deaths).toBeGreaterThan(seeds)
    expect(totals.healed).toBeGreaterThan(seeds / 2)
    expect(totals.forged).toBeGreaterThan(seeds / 2)
    expect(totals.destroyed).toBeGreaterThan(seeds / 20)
    expect(totals.probes).toBeGreaterThan(seeds * 10)
  }, 1_200_000)

  it.each(pinned)(
    'still keep every promise under seed %i: %s',
    async (seed) => {
      const outcome = await simulate(seed)
      if (outcome.violation !== null) throw new Error(sentenceOf(outcome))
    },
    60_000
  )

  it('are the same for the same seed', async () => {
    expect(await simulate(7)).toEqual(await simulate(7))
  })

  it.each(plantNames)(
    'show the planted bug: %s',
    async (plant) => {
      expect(await firstFinding(simulate, plant, seedsPerPlant[plant])).not.toBeNull()
    },
    600_000
  )
})
