// Group commit: what comes while one commit is being flushed goes into the next one, in order.

export type Commits<W> = {
  add(write: W): void
  /** Resolves when all that was added is done. */
  drain(): Promise<void>
}

/**
 * Between the beginnings of two commits, ms. A push that comes alone never waits for it; under load
 * it halves the processor time, since a commit costs the same for one entry as for twenty.
 */
const spacingMs = 8

/** Calls `commit` with all that waits, one call at a time. `commit` never rejects. */
export function createCommits<W>(commit: (writes: readonly W[]) => Promise<void>): Commits<W> {
  let waiting: W[] = []
  let running: Promise<void> | null = null
  let beganAt = -Infinity

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      await turn(beganAt + spacingMs - performance.now())
      beganAt = performance.now()
      const writes = waiting
      waiting = []
      await commit(writes)
    }
    running = null
  }

  return {
    add(write) {
      waiting.push(write)
      running ??= run()
    },
    async drain() {
      while (running !== null) await running
    }
  }
}

/** At least until every socket that has something to read was read; else as long as asked. */
function turn(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms < 1) setImmediate(resolve)
    else setTimeout(resolve, ms)
  })
}
