// What goes wrong between regions and in each of them, at this moment.
import type { Chance } from '../chance'
import type { Time } from '../time'

export type Troubles = {
  /** Resolves within so many ms. */
  pause(msMax: number): Promise<void>
  /** Throws where the table does not answer. */
  throttle(region: string): void
  /** How long a row takes to another region, ms. */
  lagMs(): number
  /** For how long nothing gets from one region to another yet, ms. */
  isolatedFor(from: string, to: string): number
  /** Rows of one page of a table. */
  readonly pageRowsMax: number
}

/** A world in which everything works, at once. */
export const noTroubles: Troubles = {
  pause: () => Promise.resolve(),
  throttle: () => undefined,
  lagMs: () => 0,
  isolatedFor: () => 0,
  pageRowsMax: 1_000
}

export type Knobs = {
  /** Probability that a call to a table fails, before or after it was done. */
  fails: number
  /** Share of rows that are slow to replicate. */
  slow: number
}

export type TroublesControl = Troubles & {
  knobs: Knobs
  isolate(region: string, ms: number): void
  heal(): void
}

export function createTroubles(time: Time, chance: Chance, knobs: Knobs): TroublesControl {
  const until = new Map<string, number>()
  const leftOf = (region: string): number => (until.get(region) ?? 0) - time.now()
  const control: TroublesControl = {
    knobs,
    pause: (msMax) => new Promise((resolve) => time.after(chance.below(msMax + 1), resolve)),
    throttle() {
      if (chance.happens(control.knobs.fails)) throw new Error('The simulated table is throttled')
    },
    lagMs() {
      const usual = 200 - 700 * Math.log(1 - chance.share())
      return chance.happens(control.knobs.slow) ? usual + chance.below(30_000) : usual
    },
    isolatedFor: (from, to) => Math.max(0, leftOf(from), leftOf(to)),
    pageRowsMax: 12,
    isolate: (region, ms) => void until.set(region, time.now() + ms),
    heal() {
      until.clear()
      control.knobs = { fails: 0, slow: 0 }
    }
  }
  return control
}
