// Seeded chance: the same seed gives the same world.
import { createSeeded } from '../protocol/seeded'

export type Chance = {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number
  /** From 0 up to 1. */
  share(): number
  /** Whether something of this probability happens now. */
  happens(probability: number): boolean
  pick<T>(all: readonly T[]): T
  bytes(length: number): Uint8Array
}

export function createChance(seed: number): Chance {
  const { below, bytes } = createSeeded(seed)
  const share = (): number => below(2 ** 30) / 2 ** 30
  return {
    below,
    share,
    happens: (probability) => share() < probability,
    pick: (all) => {
      const one = all[below(all.length)]
      if (one === undefined) throw new Error('Nothing to pick from')
      return one
    },
    bytes
  }
}
