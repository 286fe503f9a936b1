// One event on its way to one target: tried, tried again, and in the end among the dead letters.
import type { Activity } from '../activity'
import type { LocalChance, LocalTime } from '../time'
import type { BusEvent } from './events'
import { firstRetryMs, retryMsMax } from './limits'
import type { Rule, Target } from './rules'

/** An event that reached a target not at all, with the attributes that EventBridge gives it. */
export type DeadLetter = {
  readonly event: BusEvent
  readonly attributes: {
    readonly RULE_ARN: string
    readonly TARGET_ARN: string
    readonly ERROR_CODE: string
    readonly RETRY_ATTEMPTS: string
    readonly EXHAUSTED_RETRY_CONDITION?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds'
  }
}

/** `later` is no failure: the quota of this second is used up. */
export type Try =
  | { readonly kind: 'done' }
  | { readonly kind: 'later' }
  | { readonly kind: 'failed'; readonly code: string; readonly isFinal: boolean }

export type DeliveryParts = {
  readonly region: string
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly activity: Activity
  /** How long the next delivery is on its way, ms. */
  readonly delayMs: (to: string) => number
  /** How likely an event that arrived is delivered once more. */
  readonly repeatShare: number
  readonly attempt: (event: BusEvent, hops: number, target: Target) => Promise<Try>
  readonly onDead: (letter: DeadLetter) => void
}

export type Delivery = (event: BusEvent, hops: number, rule: Rule, target: Target) => void

/** What waits for a second's quota looks again after this, ms. */
const laterMs = 100

export function createDelivery(parts: DeliveryParts): Delivery {
  const { region, time, chance, activity } = parts

  return (event, hops, rule, target) => {
    const startedAt = time.now()
    const to = target.kind === 'bus' ? target.region : region
    let failures = 0

    function go(ms: number): void {
      time.after(ms, () => void activity.run(once))
    }

    async function once(): Promise<void> {
      const tried = await parts.attempt(event, hops, target)
      if (tried.kind === 'later') go(laterMs)
      else if (tried.kind === 'failed') fail(tried.code, tried.isFinal)
      // At least once: a delivery whose end was not noticed.
      else if (chance() < parts.repeatShare) go(parts.delayMs(to))
    }

    function fail(code: string, isFinal: boolean): void {
      failures += 1
      const longest = Math.min(retryMsMax, firstRetryMs * 2 ** failures)
      const waitMs = longest / 2 + (chance() * longest) / 2
      const isOld = time.now() + waitMs - startedAt > rule.ageMsMax
      const isTried = failures > rule.retriesMax
      if (!isFinal && !isOld && !isTried) return go(waitMs)
      const condition = isTried ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds'
      const exhausted = isFinal ? {} : ({ EXHAUSTED_RETRY_CONDITION: condition } as const)
      parts.onDead({
        event,
        attributes: {
          RULE_ARN: `arn:aws:events:${region}:000000000000:rule/${rule.name}`,
          TARGET_ARN: arnOf(target, region),
          ERROR_CODE: code,
          RETRY_ATTEMPTS: String(failures - 1),
          ...exhausted
        }
      })
    }

    go(parts.delayMs(to))
  }
}

function arnOf(target: Target, region: string): string {
  return target.kind === 'bus'
    ? `arn:aws:events:${target.region}:000000000000:event-bus/meridian`
    : `arn:aws:lambda:${region}:000000000000:function:${target.name}`
}
