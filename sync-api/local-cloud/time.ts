// The clock of the stand-ins: passed in, so that a test can let hours pass in one turn.

export type LocalTime = {
  /** ms since 1970. */
  now(): number
  /** Runs `task` once, `ms` from now; answers its cancelling. */
  after(ms: number, task: () => void): () => void
}

/** The machine's own clock. */
export const machineTime: LocalTime = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  }
}

/** Resolves `ms` from now. */
export function pass(time: LocalTime, ms: number): Promise<void> {
  return new Promise((resolve) => void time.after(ms, resolve))
}

/** Chance, passed in: from 0 up to, not including, 1. */
export type LocalChance = () => number
