// How often secrets may be guessed: device codes and recovery keys.
import type { Clock } from '../core/ports'
import { Refusal } from '../core/refusal'

/** Wrong guesses of one address in a window: a person mistypes a few times. */
const triesPerAddress = 20

/** Wrong guesses of everybody together in a window: bounds who guesses from many addresses. */
const triesTogether = 2_000

/** The window, ms. */
const windowMs = 10 * 60_000

/** Addresses remembered in a window, so that the memory of guessing is bounded too. */
const addressesMax = 10_000

export type Tries = {
  /**
   * Runs `guess` if its address has tries left, else throws Refusal. A guess that succeeds costs
   * nothing; one under way counts as wrong, so that many at once gain nothing.
   */
  spend<T>(address: string, guess: () => Promise<T>): Promise<T>
}

export function createTries(clock: Clock): Tries {
  let spent = new Map<string, number>()
  let together = 0
  let endsAt = 0
  const renew = (): void => {
    if (clock.now() < endsAt) return
    spent = new Map()
    together = 0
    endsAt = clock.now() + windowMs
  }
  return {
    async spend(address, guess) {
      renew()
      const used = spent.get(address) ?? 0
      const full = used === 0 && spent.size >= addressesMax
      if (full || used >= triesPerAddress || together >= triesTogether) {
        throw new Refusal('over-limit')
      }
      const window = spent
      window.set(address, used + 1)
      together += 1
      const result = await guess()
      // Given back only to the window it was taken from.
      if (window === spent) {
        window.set(address, Math.max(0, (window.get(address) ?? 0) - 1))
        together -= 1
      }
      return result
    }
  }
}
