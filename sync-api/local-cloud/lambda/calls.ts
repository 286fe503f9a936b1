// The calls that leave one environment: counted, cut at a crash point, and told apart from those after its handler returned.

/** A call that real Lambda would have frozen. */
export type LateCall = {
  readonly environment: string
  /** What was called, as `POST http://… /path` or `SET EVAL`. */
  readonly call: string
  /** Made after the handler returned, or made before and not answered yet when it returned. */
  readonly kind: 'after-return' | 'unanswered-at-return'
  /** How long it had been under way when the handler returned, ms: one that was given up has been for its limit. */
  readonly ms: number
}

/** `before`: nobody hears the call. `after`: it is served, and the answer does not reach the handler. */
export type CrashMoment = 'before' | 'after'

export type CrashPoint = { readonly call: number; readonly moment: CrashMoment }

/** What an outlet is told of a call: let it through, hold it until the next invocation, or never. */
export type OpenCall = {
  /** Resolves with whether it may leave: held while the environment is frozen. */
  readonly leaves: Promise<boolean>
  /** Whether its answer may reach the handler. */
  answered(): boolean
}

export type Calls = {
  begin(call: string): OpenCall
  /** The handler starts: from here calls count from 1, up to the crash point if there is one. */
  thaw(crash: CrashPoint | null): void
  /** The handler returned. */
  freeze(): void
  /** No call leaves any more. */
  end(): void
  late(): readonly LateCall[]
}

/** `die` ends the environment at its crash point. Calls before the first thaw are those of a cold start. */
export function createCalls(environment: string, now: () => number, die: () => void): Calls {
  let state: 'awake' | 'frozen' | 'ended' = 'awake'
  let crash: CrashPoint | null = null
  let count = 0
  let held: ((leaves: boolean) => void)[] = []
  const open = new Set<{ readonly call: string; readonly at: number }>()
  const late: LateCall[] = []

  const release = (leaves: boolean): void => {
    const released = held
    held = []
    for (const settle of released) settle(leaves)
  }

  const end = (): void => {
    state = 'ended'
    open.clear()
    release(false)
  }

  const atCrashPoint = (number: number, moment: CrashMoment): boolean =>
    crash !== null && crash.call === number && crash.moment === moment

  const crashNow = (): void => {
    end()
    die()
  }

  return {
    begin(call) {
      if (state === 'ended') return { leaves: Promise.resolve(false), answered: () => false }
      if (state === 'frozen') {
        late.push({ environment, call, kind: 'after-return', ms: 0 })
        const leaves = new Promise<boolean>((resolve) => held.push(resolve))
        return { leaves, answered: () => state !== 'ended' }
      }
      count += 1
      const number = count
      if (atCrashPoint(number, 'before')) {
        crashNow()
        return { leaves: Promise.resolve(false), answered: () => false }
      }
      const entry = { call, at: now() }
      open.add(entry)
      return {
        leaves: Promise.resolve(true),
        answered() {
          open.delete(entry)
          if (state === 'ended') return false
          if (!atCrashPoint(number, 'after')) return true
          crashNow()
          return false
        }
      }
    },
    thaw(point) {
      state = 'awake'
      crash = point
      count = 0
      release(true)
    },
    freeze() {
      if (state === 'ended') return
      state = 'frozen'
      crash = null
      for (const { call, at } of open) {
        late.push({ environment, call, kind: 'unanswered-at-return', ms: now() - at })
      }
      open.clear()
    },
    end,
    late: () => late
  }
}
