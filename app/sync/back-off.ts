// How long to wait before trying again: full jitter, so that a restarted relay is not run over.

/** The shortest wait, ms: long enough not to spin, short enough not to be felt. */
export const backOffMinMs = 250

/** The longest wait, ms: a relay that was away for long is met again within half a minute. */
export const backOffMaxMs = 30_000

/**
 * The wait before try number `tries` (the first is 0), ms: uniform between the minimum and a bound
 * that doubles with every try. `random` is from 0 up to 1.
 */
export function backOffMs(tries: number, random: number): number {
  // 2^7 times the minimum is past the maximum already; a larger power would only overflow.
  const bound = Math.min(backOffMaxMs, backOffMinMs * 2 ** Math.min(tries + 1, 7))
  return Math.round(backOffMinMs + random * (bound - backOffMinMs))
}
