// Time that only passes when a test says so.
import type { SyncClock } from '../../app/sync/surroundings'

export type VirtualClock = SyncClock & {
  /** Lets `ms` pass: tasks run in the order of their time, promises settle in between. */
  pass(ms: number): Promise<void>
}

/** `random` is what the clock answers for chance; the middle if left out. */
export function createVirtualClock(random: () => number = () => 0.5): VirtualClock {
  let now = 1_000_000
  let tasks: { at: number; task: () => void }[] = []
  return {
    now: () => now,
    random,
    after(ms, task) {
      const entry = { at: now + ms, task }
      tasks.push(entry)
      return () => {
        tasks = tasks.filter((other) => other !== entry)
      }
    },
    async pass(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const due = tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        tasks = tasks.filter((other) => other !== due)
        now = Math.max(now, due.at)
        due.task()
        await settle()
      }
      now = until
    }
  }
}

/** Resolves when all promises that can settle have: a turn of the event loop, not a length of time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
