// Whether a planted bug is found: a simulation that finds none of its own proves nothing.
import type { Simulate } from './threads'

/** The first seed, of so many from 1 on, that breaks a promise under the bug; null when none does. */
export async function firstFinding<Plant extends string>(
  simulate: Simulate<Plant, { readonly violation: string | null }>,
  plant: Plant,
  seeds: number
): Promise<number | null> {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      const { violation } = await simulate(seed, plant)
      if (violation !== null) return seed
    } catch {
      // Yjs itself breaks under some: nobody could miss it.
      return seed
    }
  }
  return null
}
