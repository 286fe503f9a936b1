// A clock that stands still until a test lets time pass.
import type { LocalTime } from '../../sync-api/local-cloud/time'

export type ManualTime = LocalTime & {
  /** Lets `ms` pass: what is due runs in order, each with all that follows from it before the next. */
  advance(ms: number): Promise<void>
  /** Something that is waited for after each step. */
  onStep(rest: () => Promise<void>): void
}

type Due = { readonly at: number; readonly task: () => void }

export function createManualTime(): ManualTime {
  let now = Date.UTC(2026, 0, 1)
  const due = new Set<Due>()
  const rests: (() => Promise<void>)[] = []

  const settle = async (): Promise<void> => {
    for (const rest of rests) await rest()
  }

  return {
    now: () => now,
    after(ms, task) {
      const one = { at: now + ms, task }
      due.add(one)
      return () => void due.delete(one)
    },
    onStep: (rest) => void rests.push(rest),
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        due.delete(next)
        now = Math.max(now, next.at)
        next.task()
        await settle()
      }
      now = until
    }
  }
}
