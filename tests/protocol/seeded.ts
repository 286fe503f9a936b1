// Random numbers that are the same in every run: a failing frame can be made again from its seed.

export type Seeded = {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number
  bytes(length: number): Uint8Array
}

/** Mulberry32: small, well spread, and good enough to break a codec. */
export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
  return { below, bytes: (length) => Uint8Array.from({ length }, () => below(256)) }
}
