// A thing that a button starts: whether it runs, and the sentence if it failed.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import { UserFacingError } from './meridian'

export type Task = {
  readonly busy: ReadonlySignal<boolean>
  readonly problem: ReadonlySignal<string | null>
  /** Runs one thing at a time; while one runs, further calls do nothing. */
  run(what: () => Promise<unknown>): void
}

export function makeTask(): Task {
  const busy = signal(false)
  const problem = signal<string | null>(null)
  async function carryOut(what: () => Promise<unknown>): Promise<void> {
    busy.value = true
    problem.value = null
    try {
      await what()
    } catch (cause) {
      problem.value = sentenceOf(cause)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run: (what) => void (busy.peek() || carryOut(what)) }
}

/** What to tell the person. A failure nobody expected is also reported, as the bug it is. */
export function sentenceOf(cause: unknown): string {
  if (cause instanceof UserFacingError) return cause.message
  reportError(cause)
  return 'That did not work. Try once more; if it fails again, reload the page.'
}
