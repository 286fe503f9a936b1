// Three regions of buses with a clock that stands still, their mesh as it is deployed, and functions that remember.
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { BusEvent } from '../../sync-api/local-cloud/bus/events'
import { startBuses, type Buses, type BusesParts } from '../../sync-api/local-cloud/bus/event-buses'
import type { Rule, Target } from '../../sync-api/local-cloud/bus/rules'
import { createManualTime, type ManualTime } from './manual-time'
import { regions, seededChance } from './tables-bed'

export const busName = 'meridian'

export type BusBed = {
  readonly buses: Buses
  readonly time: ManualTime
  client(region: string): EventBridgeClient
  /** Puts one event whose detail names the region it came from. */
  put(region: string, name: string): Promise<void>
  /** Names of the events that a region's function got, in order. */
  got(region: string): string[]
  events(region: string): BusEvent[]
  stop(): Promise<void>
}

/** Entries as the relay puts them. */
export function entry(region: string, name: string, more: object = {}) {
  const Detail = JSON.stringify({ region, name })
  return { Source: busName, DetailType: 'entries', EventBusName: busName, Detail, ...more }
}

export function ruleTo(name: string, pattern: Rule['pattern'], ...targets: Target[]): Rule {
  return { name, pattern, targets, retriesMax: 185, ageMsMax: 300_000 }
}

export async function openBuses(options: Partial<BusesParts> = {}): Promise<BusBed> {
  const time = createManualTime()
  let ids = 0
  const buses = await startBuses({
    ...{ regions, busName, time, chance: seededChance(1) },
    newId: () => `event-${(ids += 1)}`,
    ...{ delayMs: () => 100, repeatShare: 0, failShare: 0 },
    ...options
  })
  time.onStep(buses.rest)
  const events = new Map(regions.map((region) => [region, [] as BusEvent[]]))
  for (const region of regions) connectMesh(buses, region, events.get(region)!)
  const clients = new Map(regions.map((region) => [region, busClient(buses, region)]))
  const client = (region: string): EventBridgeClient => clients.get(region)!

  return {
    buses,
    time,
    client,
    async put(region, name) {
      await client(region).send(new PutEventsCommand({ Entries: [entry(region, name)] }))
    },
    got: (region) => events.get(region)!.map(({ detail }) => String(detail['name'])),
    events: (region) => events.get(region)!,
    async stop() {
      for (const one of clients.values()) one.destroy()
      await buses.stop()
    }
  }
}

/** Own events go to the other regions; theirs, and never its own, to the region's function. */
function connectMesh(buses: Buses, region: string, got: BusEvent[]): void {
  const bus = buses.region(region)
  const others = regions.filter((other) => other !== region)
  const source = [busName]
  for (const other of others) {
    const pattern = { source, 'detail-type': ['entries'], detail: { region: [region] } }
    bus.addRule(ruleTo(`to-${other}`, pattern, { kind: 'bus', region: other }))
  }
  const pattern = { source, detail: { region: [{ 'anything-but': [region] }] } }
  const invoke = async (event: BusEvent): Promise<void> => void got.push(event)
  bus.addRule(ruleTo('relay', pattern, { kind: 'function', name: 'relay', invoke }))
}

export function busClient(buses: Buses, region: string, scope: string = region): EventBridgeClient {
  return new EventBridgeClient({
    endpoint: buses.region(region).endpoint,
    region: scope,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1
  })
}
