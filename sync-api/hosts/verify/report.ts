// What was looked at and what came of it: a line a check, and a sum at the end.

/** Something the deployment did wrong, as the rest of a sentence. Never our own bug. */
export class Wrong extends Error {}

/** An area cannot go on: what it stands on failed, and has been told. */
export class Stopped extends Error {}

/** Adds a detail to the line of a check that passes. */
export type Add = (detail: string) => void

export type Report = {
  /** Begins an area. */
  area(name: string): void
  /**
   * Runs one check and writes its line; what it gave, or null when it failed. `lookAt` says where the
   * reason is mostly found then.
   */
  check<T>(sentence: string, run: (add: Add) => Promise<T>, lookAt?: string): Promise<T | null>
  /** As `check`, for what the rest of the area stands on: throws Stopped when it fails. */
  need<T>(sentence: string, run: (add: Add) => Promise<T>, lookAt?: string): Promise<T>
  /** Something to know that is not wrong. */
  note(sentence: string): void
  readonly passed: number
  /** The sentences of the checks that failed. */
  readonly failed: readonly string[]
}

/** `write` gets lines. */
export function createReport(write: (line: string) => void): Report {
  const failed: string[] = []
  let passed = 0

  async function attempt<T>(
    sentence: string,
    run: (add: Add) => Promise<T>,
    lookAt: string | undefined
  ): Promise<{ readonly value: T } | null> {
    const details: string[] = []
    try {
      const value = await run((detail) => details.push(detail))
      write(`ok      ${sentence}${details.length === 0 ? '' : ` (${details.join(', ')})`}`)
      passed += 1
      return { value }
    } catch (failure) {
      write(`FAILED  ${sentence}: ${sentenceOf(failure)}`)
      if (lookAt !== undefined) write(`        Look at ${lookAt}.`)
      failed.push(sentence)
      return null
    }
  }

  return {
    area(name) {
      write('')
      write(name)
    },
    async check(sentence, run, lookAt) {
      return (await attempt(sentence, run, lookAt))?.value ?? null
    },
    async need(sentence, run, lookAt) {
      const done = await attempt(sentence, run, lookAt)
      if (done === null) throw new Stopped(sentence)
      return done.value
    },
    note: (sentence) => write(`note    ${sentence}`),
    get passed() {
      return passed
    },
    failed
  }
}

/** Whatever was thrown, as the end of a line: an unknown server gets no stack trace out of us. */
export function sentenceOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure)
  return text.split('\n')[0] ?? ''
}

/** Throws Wrong unless `holds`. */
export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise)
}
