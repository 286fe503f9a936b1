// A bucket of tokens that the clock fills: how many of something may be done in a second.
import type { LocalTime } from './time'

export type Bucket = {
  /** Takes tokens if anything is left; the last one may take more than that. */
  take(tokens: number): boolean
  /** Takes them in any case: what was used is known only afterwards. */
  spend(tokens: number): void
  isEmpty(): boolean
}

/** Holds what one second fills. */
export function createBucket(time: LocalTime, tokensPerSecond: number): Bucket {
  let left = tokensPerSecond
  let at = time.now()

  function fill(): void {
    const now = time.now()
    left = Math.min(tokensPerSecond, left + ((now - at) / 1000) * tokensPerSecond)
    at = now
  }

  const bucket: Bucket = {
    take(tokens) {
      if (bucket.isEmpty()) return false
      bucket.spend(tokens)
      return true
    },
    spend(tokens) {
      fill()
      left -= tokens
    },
    isEmpty() {
      fill()
      return left <= 0
    }
  }
  return bucket
}
