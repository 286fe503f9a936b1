// What every part gets from this device: time, chance, and where its own troubles are told.
import type { After } from '../replica/queue'

/** Unpredictable bytes. */
export function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** Runs `task` after `ms`; answers how to call it off. */
export const after: After = (ms, task) => {
  const timer = setTimeout(task, ms)
  return () => clearTimeout(timer)
}

/** ms since 1970 by this device's clock. */
export function now(): number {
  return Date.now()
}

/** Something of ours went wrong and nothing was lost by it: to the console, without content. */
export function tellTrouble(cause: unknown): void {
  reportError(cause)
}
