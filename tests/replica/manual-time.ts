// Time that passes when a test says so.
import type { After } from '../../app/replica/queue'

export type ManualTime = {
  readonly after: After
  /** Lets `ms` pass, running what is due, and everything that follows from it. */
  advance(ms: number): Promise<void>
}

export function createManualTime(): ManualTime {
  const tasks = new Set<{ readonly at: number; readonly task: () => void }>()
  let now = 0
  return {
    after(ms, task) {
      const entry = { at: now + ms, task }
      tasks.add(entry)
      return () => void tasks.delete(entry)
    },
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const due = [...tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        tasks.delete(due)
        now = Math.max(now, due.at)
        due.task()
        await settle()
      }
      now = until
    }
  }
}

/** Time in which every wait is over at the next turn: for tests of what happens, not of when. */
export const hurriedly: After = (_, task) => {
  const turn = setImmediate(task)
  return () => clearImmediate(turn)
}

// Turns of the event loop, so that promises and the in-memory IndexedDB have finished.
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve))
}
