// Invocations that nobody waits for: at least once, tried again, given up in the end.
import type { LocalChance, LocalTime } from '../time'
import type { InvokeAnswer } from './answers'
import { eventAgeMsMax, eventRetryMs, throttledRetryMs, throttledRetryMsMax } from './limits'

export type EventQueueSettings = {
  readonly time: LocalTime
  readonly chance: LocalChance
  /** Share of events that are handled twice although once would do, 0 to 1. */
  readonly duplicates: number
  /** How soon what failed is handled again, ms; as the service does where it is not given. */
  readonly retryMs?: number | undefined
  invoke(payload: string, qualifier: string): Promise<InvokeAnswer>
}

/** An event that was given up, with the last answer. */
export type GivenUp = { readonly payload: string; readonly answer: InvokeAnswer }

export type EventQueue = {
  add(payload: string, qualifier: string): void
  givenUp(): readonly GivenUp[]
  /** Events that were neither handled nor given up yet. */
  waiting(): number
}

export function createEventQueue(settings: EventQueueSettings): EventQueue {
  const { time, chance, duplicates, invoke } = settings
  const givenUp: GivenUp[] = []
  let waiting = 0

  const retryMs = (failures: number): number | undefined =>
    failures < eventRetryMs.length ? (settings.retryMs ?? eventRetryMs[failures]) : undefined

  const handle = (payload: string, qualifier: string): void => {
    waiting += 1
    const takenAt = time.now()
    let failures = 0
    let throttledMs = throttledRetryMs
    const end = (answer: InvokeAnswer): void => {
      waiting -= 1
      if (answer.functionError !== null || answer.status >= 400) givenUp.push({ payload, answer })
    }
    const settle = (answer: InvokeAnswer): void => {
      const throttled = answer.status === 429 || answer.status >= 500
      const waitMs = throttled ? throttledMs : retryMs(failures)
      if (answer.functionError === null && !throttled) return end(answer)
      if (waitMs === undefined || time.now() + waitMs - takenAt > eventAgeMsMax) return end(answer)
      if (throttled) throttledMs = Math.min(throttledRetryMsMax, throttledMs * 2)
      else failures += 1
      time.after(waitMs, attempt)
    }
    const attempt = (): void => void invoke(payload, qualifier).then(settle)
    attempt()
  }

  return {
    add(payload, qualifier) {
      handle(payload, qualifier)
      if (chance() < duplicates) handle(payload, qualifier)
    },
    givenUp: () => givenUp,
    waiting: () => waiting
  }
}
