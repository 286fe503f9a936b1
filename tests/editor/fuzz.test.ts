// @vitest-environment jsdom
// Three people and a viewer do anything, and everything fails: seeded sessions of real editors.
//
// More of them: FUZZ=5000 npx vitest run tests/editor/fuzz.test.ts; one again: FUZZ_SEED=17.
import { describe, expect, it } from 'vitest'
import { runSession, type Outcome } from './fuzz/session'

/** Sessions of every run. */
const sessions = Number(process.env['FUZZ'] ?? 300)
const onlySeed = process.env['FUZZ_SEED']

function sentenceOf({ seed, wrong, trace }: Outcome): string {
  const again = `FUZZ_SEED=${seed} npx vitest run tests/editor/fuzz.test.ts`
  return `seed ${seed}: ${wrong}\n${trace.join('\n')}\n${again}`
}

describe('three people and a viewer', () => {
  it('see one document after any edits, undone at will, over a network that fails', async () => {
    const first = onlySeed === undefined ? 1 : Number(onlySeed)
    const last = onlySeed === undefined ? sessions : first
    const totals = { undone: 0, broken: 0 }
    for (let seed = first; seed <= last; seed++) {
      const outcome = await runSession(seed)
      if (outcome.wrong !== null) throw new Error(sentenceOf(outcome))
      totals.undone += outcome.undone
      totals.broken += outcome.broken
    }
    expect(totals.undone).toBeGreaterThan((last - first) * 10)
  }, 600_000)
})
