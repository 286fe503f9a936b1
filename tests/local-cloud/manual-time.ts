// A clock that stands still until a test lets time pass.
import type { LocalTime } from '../../sync-api/local-cloud/time'

export type ManualTime = LocalTime & {
  /** Lets `ms` pass: what is due runs in order, each with all that follows from it before the next. */
  advance(ms: number): Promise<void>
  /** Something that is waited for after each step. */
  onStep(rest: () => Promise<void>): void
}

type Due = { readonly at: number; task: (() => void) | null }

export function createManualTime(): ManualTime {
  let now = Date.UTC(2026, 0, 1)
  /** The next one stands last; of two at one time the one that was asked for first. */
  const due: Due[] = []
  const rests: (() => Promise<void>)[] = []

  const settle = async (): Promise<void> => {
    for (const rest of rests) await rest()
  }

  function placeOf(at: number): number {
    let [low, high] = [0, due.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (due[middle]!.at > at) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    now: () => now,
    after(ms, task) {
      const one: Due = { at: now + ms, task }
      due.splice(placeOf(one.at), 0, one)
      return () => {
        one.task = null
      }
    },
    onStep: (rest) => void rests.push(rest),
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let next = due.at(-1); next !== undefined && next.at <= until; next = due.at(-1)) {
        due.pop()
        if (next.task === null) continue
        now = Math.max(now, next.at)
        next.task()
        await settle()
      }
      now = until
    }
  }
}
