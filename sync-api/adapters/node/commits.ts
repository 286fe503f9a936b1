// Group commit: what comes while one commit is being flushed goes into the next one, in order.

export type Commits<W> = {
  /** Resolves when the next commit may begin; everybody who waits is told at the same moment. */
  ready(): Promise<void>
  add(write: W): void
  /** Resolves when all that was added is done. */
  drain(): Promise<void>
}

/**
 * Between the beginnings of two commits, ms: a picture of a screen that shows sixty a second. A push
 * that comes alone never waits for it; under load it saves half the processor time and more, since
 * a commit, and telling a hundred people, costs nearly the same for one entry as for twenty.
 */
const spacingMs = 16

/** Calls `commit` with all that waits, one call at a time. `commit` never rejects. */
export function createCommits<W>(commit: (writes: readonly W[]) => Promise<void>): Commits<W> {
  let waiting: W[] = []
  let running: Promise<void> | null = null
  let opening: Promise<void> | null = null
  let beganAt = -Infinity

  async function open(): Promise<void> {
    await running
    await turn(beganAt + spacingMs - performance.now())
    await running
    opening = null
  }

  async function run(): Promise<void> {
    // All who were told that a commit may begin add to it first.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    while (waiting.length > 0) {
      beganAt = performance.now()
      const writes = waiting
      waiting = []
      await commit(writes)
    }
    running = null
  }

  return {
    ready: () => (opening ??= open()),
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
