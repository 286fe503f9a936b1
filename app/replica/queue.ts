// Local updates on their way to this device's storage: one order, and nothing overtakes.
import type { LocalUpdate } from '../store/ports'
import { StoreFailure } from '../store/ports'

/** At most one commit in this time, ms: a strict commit takes about 4 ms, a fast typist 80 a key. */
export const commitEveryMs = 50

/** The first wait after a failed commit, ms; it doubles up to `retryMsMax`. */
export const retryMsMin = 250

/** The longest wait after a failed commit, ms: somebody who has freed space is not kept waiting. */
export const retryMsMax = 10_000

/** Updates in one commit: a backlog is stored in steps that each leave something safe. */
const updatesPerCommitMax = 1_000

/** Runs `task` once after `ms`; answers its cancelling. */
export type After = (ms: number, task: () => void) => () => void

export type QueueOptions = {
  /** Resolves when committed; rejects when nothing of it was. */
  readonly append: (updates: readonly LocalUpdate[]) => Promise<unknown>
  readonly onCommitted: (updates: readonly LocalUpdate[]) => void
  readonly after: After
  /** A hurried commit failed; what it held still waits, and is tried again. For the log. */
  readonly onTrouble: (cause: unknown) => void
}

export type Queue = {
  push(update: LocalUpdate): void
  /** What no commit has confirmed yet, oldest first. */
  unwritten(): readonly LocalUpdate[]
  /** Resolves when everything pushed so far is committed; rejects when a try to commit it failed. */
  written(): Promise<void>
  /** Told at once and on every change: what is in memory only, and why if a commit failed. */
  watch(listener: (count: number, failure: StoreFailure | null) => void): () => void
  /**
   * Asks for a commit of everything at once: the page may be leaving, and then nothing that waits
   * for an answer happens any more. If it stays, the commits go on as if this had not been.
   */
  hurry(): void
  /** Tries once more to commit what is left; rejects with the failure, and then still has it. */
  flush(): Promise<void>
}

export function createQueue(options: QueueOptions): Queue {
  const waiting: LocalUpdate[] = []
  const listeners = new Set<(count: number, failure: StoreFailure | null) => void>()
  const pauses: { upTo: number; resolve: () => void; reject: (cause: StoreFailure) => void }[] = []
  let pushed = 0
  let committed = 0
  let tries = 0
  let failure: StoreFailure | null = null
  let working: Promise<void> | null = null
  let resting: (() => void) | null = null

  function tell(): void {
    for (const listener of listeners) listener(waiting.length, failure)
  }

  function rest(ms: number): void {
    resting = options.after(ms, () => {
      resting = null
      if (waiting.length > 0) work()
    })
  }

  function endRest(): void {
    resting?.()
    resting = null
  }

  // One commit at a time, whoever asks for it: two would both take what they held off the head.
  function work(): void {
    if (working !== null || resting !== null) return
    working = commit().finally(() => {
      working = null
      rest(failure === null ? commitEveryMs : Math.min(retryMsMin * 2 ** tries++, retryMsMax))
    })
  }

  // Takes from the head and removes only what is committed: after a failure the same comes first.
  async function commit(): Promise<void> {
    const batch = waiting.slice(0, updatesPerCommitMax)
    try {
      await options.append(batch)
    } catch (cause) {
      failure = cause instanceof StoreFailure ? cause : new StoreFailure('unavailable', cause)
      // It is tried again, but who waits for it must not be kept waiting without a word.
      for (const pause of pauses.splice(0)) pause.reject(failure)
      return tell()
    }
    waiting.splice(0, batch.length)
    committed += batch.length
    failure = null
    tries = 0
    options.onCommitted(batch)
    for (const pause of pauses.splice(0)) {
      if (pause.upTo <= committed) pause.resolve()
      else pauses.push(pause)
    }
    tell()
  }

  return {
    push(update) {
      waiting.push(update)
      pushed++
      tell()
      work()
    },
    unwritten: () => [...waiting],
    written() {
      if (pushed === committed) return Promise.resolve()
      return new Promise((resolve, reject) => pauses.push({ upTo: pushed, resolve, reject }))
    },
    watch(listener) {
      listeners.add(listener)
      listener(waiting.length, failure)
      return () => void listeners.delete(listener)
    },
    hurry() {
      if (waiting.length === 0) return
      if (working === null) {
        endRest()
        return work()
      }
      // All of it, also what the commit under way holds: nothing may overtake what could still fail.
      // Stored twice is harmless, Yjs knows what it has.
      options.append([...waiting]).catch(options.onTrouble)
    },
    async flush() {
      await working
      while (waiting.length > 0) {
        endRest()
        work()
        await working
        if (failure !== null) throw failure
      }
      endRest()
    }
  }
}
