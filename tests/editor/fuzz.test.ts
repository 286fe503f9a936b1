// @vitest-environment jsdom
// Three people and a viewer do anything, and everything fails: seeded sessions of real editors.
//
// More of them: FUZZ=5000 npx vitest run tests/editor/fuzz.test.ts; others: FUZZ_FROM=1000000 before
// it; one again: FUZZ_SEED=17.
import { describe, expect, it } from 'vitest'
import { plantNames, seedsPerPlant, type PlantName } from './fuzz/plants'
import { runSession, type Outcome } from './fuzz/session'

/** Sessions of every run: about a minute of one processor. */
const sessions = Number(process.env['FUZZ'] ?? 600)

/** Where every run begins. */
const from = Number(process.env['FUZZ_FROM'] ?? 1)
const onlySeed = process.env['FUZZ_SEED']

function sentenceOf({ seed, wrong, trace }: Outcome): string {
  const again = `FUZZ_SEED=${seed} npx vitest run tests/editor/fuzz.test.ts`
  return `seed ${seed}: ${wrong}\n${trace.join('\n')}\n${again}`
}

async function firstFinding(plant: PlantName): Promise<number | null> {
  for (let seed = 1; seed <= seedsPerPlant[plant]; seed++) {
    const { wrong } = await runSession(seed, plant)
    if (wrong !== null) return seed
  }
  return null
}

describe('three people and a viewer', () => {
  it('see one document after any edits, undone at will, over a network that fails', async () => {
    const first = onlySeed === undefined ? from : Number(onlySeed)
    const last = onlySeed === undefined ? from + sessions - 1 : first
    const totals = { undone: 0, broken: 0 }
    for (let seed = first; seed <= last; seed++) {
      const outcome = await runSession(seed)
      if (outcome.wrong !== null) throw new Error(sentenceOf(outcome))
      totals.undone += outcome.undone
      totals.broken += outcome.broken
    }
    expect(totals.undone).toBeGreaterThan((last - first) * 10)
  }, 600_000)

  it.each(plantNames)('do not pass over the planted bug: %s', async (plant) => {
    expect(await firstFinding(plant)).not.toBeNull()
  })
})
