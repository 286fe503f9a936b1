// EventBridge in several regions on one machine: a bus each, and rules that bring events to functions and to other buses.
import { createActivity, type Activity } from '../activity'
import type { FaultSwitch } from '../faults'
import { startJsonServer } from '../json-server'
import { createBucket } from '../bucket'
import type { LocalChance, LocalTime } from '../time'
import { createDelivery, type DeadLetter, type Try } from './delivery'
import type { BusEvent } from './events'
import * as limits from './limits'
import { billedFor, createPutEvents, type BusUnits } from './put-events'
import { createRules, type Rule, type Target } from './rules'

export type BusesParts = {
  readonly regions: readonly string[]
  readonly busName: string
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly newId: () => string
  /** How long the next event is on its way from one region to another, or to a function of its own, ms. */
  readonly delayMs: (from: string, to: string) => number
  /** How likely an event that arrived is delivered once more. */
  readonly repeatShare: number
  /** Share of good entries that are refused all the same. */
  readonly failShare: number
}

export type BusRegion = {
  /** What a client of this region takes as AWS_ENDPOINT_URL_EVENTBRIDGE. */
  readonly endpoint: string
  readonly faults: FaultSwitch
  readonly units: BusUnits
  /** Of all rules of this region's bus: the queue stands where the rule does. */
  readonly deadLetters: readonly DeadLetter[]
  /** Throws when the service would not take the rule. */
  addRule(rule: Rule): void
}

/** One direction between two buses. */
export type BusLink = {
  /** Every try to cross fails until `resume`. */
  pause(): void
  resume(): void
}

export type Buses = {
  region(name: string): BusRegion
  link(from: string, to: string): BusLink
  /** Resolves when nothing is being delivered; what waits for the clock does not count. */
  rest(): Promise<void>
  stop(): Promise<void>
}

type OpenBus = BusRegion & {
  /** Takes an event from another bus in: false when this second's quota is used up. */
  receive(event: BusEvent, hops: number): boolean
  stop(): Promise<void>
}

export async function startBuses(parts: BusesParts): Promise<Buses> {
  const activity = createActivity()
  const buses = new Map<string, OpenBus>()
  const paused = new Set<string>()

  function busOf(region: string): OpenBus {
    const bus = buses.get(region)
    if (bus === undefined) throw new Error(`There is no bus in ${region}`)
    return bus
  }

  async function cross(from: string, to: string, event: BusEvent, hops: number): Promise<Try> {
    if (hops >= limits.hopsMax) {
      return { kind: 'failed', code: 'THIRD_ACCOUNT_HOP_DETECTED', isFinal: true }
    }
    const fault = busOf(to).faults.current().kind
    if (paused.has(nameOf(from, to)) || (fault !== 'none' && fault !== 'slow')) {
      return { kind: 'failed', code: 'SERVICE_UNAVAILABLE', isFinal: false }
    }
    if (busOf(to).receive(event, hops + 1)) return { kind: 'done' }
    return { kind: 'failed', code: 'THROTTLING', isFinal: false }
  }

  for (const region of parts.regions) {
    const over = (to: string, event: BusEvent, hops: number) => cross(region, to, event, hops)
    buses.set(region, await startBus(parts, region, activity, over))
  }
  return {
    region: busOf,
    link: (from, to) => ({
      pause: () => void paused.add(nameOf(from, to)),
      resume: () => void paused.delete(nameOf(from, to))
    }),
    rest: activity.rest,
    async stop() {
      await activity.rest()
      for (const bus of buses.values()) await bus.stop()
    }
  }
}

async function startBus(
  parts: BusesParts,
  region: string,
  activity: Activity,
  cross: (to: string, event: BusEvent, hops: number) => Promise<Try>
): Promise<OpenBus> {
  const { time, chance, newId, failShare, repeatShare, busName } = parts
  const rules = createRules()
  const deadLetters: DeadLetter[] = []
  const units: BusUnits = { calls: 0, throttled: 0, published: 0, received: 0, invocations: 0 }
  const { putsPerSecond, putsPerSecondElsewhere } = limits
  const { invocationsPerSecond, invocationsPerSecondElsewhere } = limits
  const puts = createBucket(time, putsPerSecond[region] ?? putsPerSecondElsewhere)
  const calls = createBucket(time, invocationsPerSecond[region] ?? invocationsPerSecondElsewhere)
  const delayMs = (to: string): number => parts.delayMs(region, to)

  async function attempt(event: BusEvent, hops: number, target: Target): Promise<Try> {
    if (!calls.take(1)) return { kind: 'later' }
    units.invocations += 1
    if (target.kind === 'bus') return cross(target.region, event, hops)
    try {
      await target.invoke(event)
      return { kind: 'done' }
    } catch (failure) {
      const code = failure instanceof Error ? failure.name : String(failure)
      return { kind: 'failed', code, isFinal: false }
    }
  }

  const deliver = createDelivery({
    ...{ region, time, chance, activity, delayMs, repeatShare, attempt },
    onDead: (letter) => deadLetters.push(letter)
  })

  function spread(event: BusEvent, hops: number): void {
    for (const rule of rules.matching(event)) {
      for (const target of rule.targets) deliver(event, hops, rule, target)
    }
  }

  const takeCall = (): boolean => puts.take(1)
  const publish = (event: BusEvent): void => spread(event, 0)
  const server = await startJsonServer({
    ...{ region, service: 'events', target: 'AWSEvents', time, throttled: 'ThrottlingException' },
    bodyBytesMax: limits.requestBytesMax,
    handle: createPutEvents({
      ...{ region, busName, time, chance, newId, failShare, units, takeCall, publish }
    })
  })
  return {
    endpoint: server.endpoint,
    faults: server.faults,
    units,
    deadLetters,
    addRule: rules.add,
    receive(event, hops) {
      if (!puts.take(1)) return false
      units.received += billedFor({ Source: event.source, Detail: JSON.stringify(event.detail) })
      spread(event, hops)
      return true
    },
    stop: server.stop
  }
}

function nameOf(from: string, to: string): string {
  return `${from} to ${to}`
}
