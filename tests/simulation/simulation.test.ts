// Everything fails, in hundreds of worlds: nothing that is shown as safe is lost.
import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { firstFinding } from './first-finding'
import { plantNames, seedsPerPlant } from './plant-names'
import { simulate, type Outcome } from './simulation'
import { simulateAll } from './threads'
import type { Counts } from './oracle'
import { addTo, sumOf } from './totals'

/** Worlds of every run: about two and a half minutes of two processors. `npm run simulate` takes more. */
const seeds = 2_000

/** Where a run begins: every run looks at other worlds, unless `MERIDIAN_SEED` says which. */
const first = Number(process.env['MERIDIAN_SEED'] ?? randomInt(2 ** 32 - seeds))

/** Seeds that once broke something, by what it was. What each found has a test of its own besides. */
const pinned: readonly (readonly [seed: number, story: string])[] = [
  // A flush beside the queue's own commit stored edits twice and could drop later ones.
  [3_485_103_764, 'a tab that opened in the middle of a refusal waited for what lay in the copy'],
  // Over HTTP the right was checked before the log was read and never again.
  [3_681_421_165, 'a page was told by HTTP after its reader had lost the right'],
  [3_681_421_575, 'a page was told by HTTP after its reader had lost the right, while it was read'],
  // What was typed before a tab had heard of a refusal went into the new outbox.
  [3_681_421_450, 'an outbox waited for ever for what it builds on, which had been set aside'],
  // Of a giving back no tab can know before it was told; once told, it counts at once.
  [695_252_950, 'a screen said that all is saved of what was being given back'],
  // A live entry was stored that did not begin where the cursor stood, and what came before it never came.
  [4_077_904_136, 'a device kept an entry without the one before it, which nobody had any more'],
  // The ack of a later push cancelled the retry; the worker had brought it over, and its answer was lost.
  [60_002_964, 'a push that had failed waited for the rest of the connection'],
  // Given up by the worker's giving back, its acknowledgements were passed over, and the log's moving on with them.
  [60_004_553, 'a channel stood behind its log until the next entry'],
  // The relay's clock was set between the making of two tickets and their handshakes.
  [70_009_371, 'a device stopped for good although it could have had a ticket'],
  // Compared as a reader, a restored log was given nothing; then the numbers of the outbox did not fit it.
  [100_018_104, 'what a reader wrote who became an editor was never taken'],
  // Another's entry, told live; the one before it was still to be read when the log was set back to before both.
  [
    2_828_758_538,
    'a device kept an entry without the one before it, which its author had set aside'
  ],
  // The log could not be read until it was set back: without a place in it nobody saw that it is another.
  [
    310_672_820,
    'what was acknowledged before anything was read was not given back to a restored log'
  ],
  // The simulation's own mistake: who deletes a block deletes what others write into it at that time.
  [1_235_747, 'a deletion that no entry names counted as one that the relay does not have']
]

function sentenceOf({ seed, violation, trace }: Outcome): string {
  return `seed ${seed}: ${violation}\n${trace.join('\n')}\nnpm run simulate -- 1 ${seed}`
}

/** Throws with every message of the world, for whoever reads the failure. */
async function tellOf(seed: number): Promise<never> {
  throw new Error(sentenceOf(await simulate(seed, null, true)))
}

describe('the simulation', () => {
  it(`keeps every promise in ${seeds} worlds in which everything fails`, async () => {
    const totals = {} as Counts
    const broken: number[] = []
    await simulateAll({
      ...{ file: 'simulation.ts', simulate, first, count: seeds, plant: null },
      onOutcome({ seed, violation, counts }) {
        addTo(totals, counts)
        if (violation !== null) broken.push(seed)
      }
    })
    process.stdout.write(`${seeds} worlds from seed ${first}: ${sumOf(totals)}\n`)
    if (broken[0] !== undefined) await tellOf(broken[0])
    // Worlds in which nothing happens would prove nothing.
    expect(totals.acks).toBeGreaterThan(seeds * 10)
    expect(totals.saved).toBeGreaterThan(seeds * 20)
    expect(totals.shown).toBeGreaterThan(seeds * 50)
    expect(totals.deaths).toBeGreaterThan(seeds / 4)
    expect(totals.restores).toBeGreaterThan(seeds / 100)
    expect(totals.digests).toBeGreaterThan(seeds)
  }, 900_000)

  it.each(pinned)(
    'still keeps every promise under seed %i: %s',
    async (seed) => {
      const { violation } = await simulate(seed)
      if (violation !== null) await tellOf(seed)
    },
    60_000
  )

  it('gives the same world for the same seed', async () => {
    const [one, other] = [await simulate(7, null, true), await simulate(7, null, true)]
    expect(other).toEqual(one)
    expect((await simulate(8, null, true)).trace).not.toEqual(one.trace)
  })

  it.each(plantNames)(
    'finds the planted bug: %s',
    async (plant) => {
      expect(await firstFinding(simulate, plant, seedsPerPlant[plant])).not.toBeNull()
    },
    600_000
  )
})
