// The whole deployment on one machine: every region with its services as stand-ins, the real functions in them, and one address.
import { randomBytes, randomUUID, generateKeyPairSync } from 'node:crypto'
import { startBuses, type Buses } from './bus/event-buses'
import type { Rule } from './bus/rules'
import { openEdge, type App, type Edge } from './edge-proxy'
import type { LocalChance } from './time'
import { machineTime } from './time'
import { startTables, type Tables } from './tables/global-tables'
import type { LoadCode } from './lambda/code'
import { startLocalRegion, type FunctionName, type LocalRegion } from './local-region'
import {
  busDetailType,
  busSource,
  busName,
  connectionsTable,
  logTable,
  type LocalSecrets
} from './deployed'

export type DeploymentOptions = {
  readonly regions: readonly string[]
  readonly chance: LocalChance
  /** How late a change of a table reaches another region, ms. */
  readonly lagMs?: (from: string, to: string) => number
  /** How late an event reaches a function, or another region, ms. */
  readonly eventMs?: (from: string, to: string) => number
  /** How long a message is under way to its function, ms: where it varies, messages overtake each other. */
  readonly deliveryMs?: () => number
  /** Share of events and batches that come twice, 0 to 1. */
  readonly duplicates?: number
  /** How soon events and batches whose function failed come again, ms; as the services do where it is not given. */
  readonly retryMs?: number
  /** Of each function, such as its bundle; its sources where absent. */
  readonly code?: (name: FunctionName) => LoadCode
  /** The app's files. */
  readonly app?: App
  /** What functions print. */
  readonly print?: (line: string) => void
}

export type Deployment = {
  /** What people open: `/ws` leads to the first region, `/ws/<region>` to each. */
  readonly url: string
  readonly regions: readonly LocalRegion[]
  readonly tables: Tables
  readonly buses: Buses
  region(name: string): LocalRegion
  stop(): Promise<void>
}

const schema = { pk: 'pk', sk: 'sk' }

/** As `sst deploy` makes it. Takes some seconds, most of them for Redis. */
export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { regions, chance, duplicates = 0 } = options
  const edge = await openEdge(options.app ?? (() => null))
  const tables = await startTables({
    ...{ regions, chance, time: machineTime },
    tables: [
      { name: logTable, schema, isGlobal: true, ttl: null },
      { name: connectionsTable, schema, isGlobal: false, ttl: 'exp' }
    ],
    lagMs: options.lagMs ?? (() => 300),
    ...{ skewMs: () => 0, coalesceShare: 0, unprocessedShare: 0, staleShare: 0 },
    ttlLateMs: () => 60_000
  })
  const buses = await startBuses({
    ...{ regions, busName, chance, time: machineTime, newId: randomUUID },
    delayMs: options.eventMs ?? (() => 50),
    ...{ repeatShare: duplicates, failShare: 0 }
  })
  for (const region of regions) linkBuses(buses, region, regions)
  const secrets = makeSecrets()
  const started = await Promise.all(
    regions.map((region) =>
      startLocalRegion({
        ...{ region, regions, chance, duplicates, tables, buses, secrets, origin: edge.url },
        ...(options.deliveryMs === undefined ? {} : { deliveryMs: options.deliveryMs }),
        retryMs: options.retryMs,
        ...(options.code === undefined ? {} : { code: options.code }),
        print: options.print ?? (() => undefined)
      })
    )
  )
  edge.lead({ originSecret: secrets.originSecret, regions: started })
  return {
    url: edge.url,
    ...{ regions: started, tables, buses },
    region(name) {
      const found = started.find((one) => one.name === name)
      if (found === undefined) throw new Error(`There is no region ${name}`)
      return found
    },
    stop: () => stopAll(edge, started, buses, tables)
  }
}

async function stopAll(
  edge: Edge,
  regions: readonly LocalRegion[],
  buses: Buses,
  tables: Tables
): Promise<void> {
  await edge.stop()
  await Promise.all(regions.map((region) => region.stop()))
  await buses.stop()
  await tables.stop()
}

/** The full mesh: what a region puts goes to every other. */
function linkBuses(buses: Buses, region: string, regions: readonly string[]): void {
  for (const other of regions) {
    if (other === region) continue
    const rule: Rule = {
      name: `to-${other}`,
      pattern: {
        source: [busSource],
        'detail-type': [busDetailType],
        detail: { region: [region] }
      },
      targets: [{ kind: 'bus', region: other }],
      ...{ retriesMax: 185, ageMsMax: 300_000 }
    }
    buses.region(region).addRule(rule)
  }
}

/** As docs/deploy.md makes them. */
function makeSecrets(): LocalSecrets {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    ticketKey: JSON.stringify(privateKey.export({ format: 'jwk' })),
    nonceKey: randomBytes(32).toString('base64url'),
    originSecret: randomBytes(32).toString('base64url')
  }
}
