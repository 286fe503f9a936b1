// Virtual time: what is due runs in order, and after each task every promise it set in motion.

export type Time = {
  /** ms since 1970. */
  now(): number
  /** Runs `task` once, `ms` from now; answers its cancelling. */
  after(ms: number, task: () => void): () => void
  /** Lets time pass up to `until`, or until `done` says so; answers whether it did. */
  run(until: number, done?: () => boolean): Promise<boolean>
}

type Due = { readonly at: number; readonly order: number; task: (() => void) | null }

const startedAt = Date.UTC(2026, 0, 1)

export function createTime(): Time {
  const queue: Due[] = []
  let now = startedAt
  let order = 0

  return {
    now: () => now,
    after(ms, task) {
      const due: Due = { at: now + Math.max(0, ms), order: order++, task }
      push(queue, due)
      return () => {
        due.task = null
      }
    },
    async run(until, done) {
      for (let next = queue[0]; next !== undefined && next.at <= until; next = queue[0]) {
        pop(queue)
        if (next.task === null) continue
        now = next.at
        next.task()
        await settled()
        if (done?.()) return true
      }
      now = Math.max(now, until)
      return done?.() ?? true
    }
  }
}

/** Resolves when no promise has anything left to do. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

// A binary heap: earliest first, and among equals the one that was asked for first.

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

function push(queue: Due[], due: Due): void {
  let at = queue.length
  queue.push(due)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(due, queue[parent]!)) break
    queue[at] = queue[parent]!
    at = parent
  }
  queue[at] = due
}

function pop(queue: Due[]): void {
  const last = queue.pop()!
  if (queue.length === 0) return
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= queue.length) break
    if (child + 1 < queue.length && isBefore(queue[child + 1]!, queue[child]!)) child++
    if (!isBefore(queue[child]!, last)) break
    queue[at] = queue[child]!
    at = child
  }
  queue[at] = last
}
