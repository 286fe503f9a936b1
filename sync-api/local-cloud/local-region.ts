// A region on one machine: its functions as they are deployed, with everything that they call and that calls them.
import { createAuthorizer } from '../hosts/lambda/authorizer'
import { createHttp } from '../hosts/lambda/http'
import { createRelayHandler } from '../hosts/lambda/relay'
import { createSocket } from '../hosts/lambda/socket'
import { createStream } from '../hosts/lambda/stream'
import { createSync } from '../hosts/lambda/sync'
import { createTick } from '../hosts/lambda/tick'
import type { Surroundings } from '../hosts/lambda/surroundings'
import { createActivity } from './activity'
import type { Buses } from './bus/event-buses'
import {
  busDetailType,
  busName,
  busSource,
  connectionsTable,
  logTable,
  type LocalSecrets
} from './deployed'
import { createAccountQuota } from './gateway/account-quota'
import { startHttpApi, type HttpApi } from './gateway/http-api'
import { integrate, isObject } from './gateway/integration'
import { startWebSocketApi, type WebSocketApi } from './gateway/web-socket-api'
import { fromFactory, type LambdaHandler, type LoadCode } from './lambda/code'
import { startLambdaFront, type LambdaFront } from './lambda/front'
import { startFunction, type LambdaFunction } from './lambda/lambda-function'
import { startRedisServer, type RedisServer } from './redis-server'
import { connectStream, type BatchResult } from './tables/event-source'
import type { Tables } from './tables/global-tables'
import { machineTime, type LocalChance } from './time'

export type FunctionName = 'authorizer' | 'socket' | 'http' | 'sync' | 'relay' | 'stream' | 'tick'

export type LocalRegion = {
  readonly name: string
  readonly sockets: WebSocketApi
  readonly api: HttpApi
  readonly redis: RedisServer
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>
  /** What the minute does. */
  tick(): Promise<void>
  stop(): Promise<void>
}

export type LocalRegionParts = {
  readonly region: string
  readonly regions: readonly string[]
  readonly chance: LocalChance
  readonly duplicates: number
  readonly deliveryMs?: () => number
  readonly retryMs?: number | undefined
  readonly tables: Tables
  readonly buses: Buses
  readonly secrets: LocalSecrets
  readonly origin: string
  /** Of each function; its sources where absent. */
  readonly code?: (name: FunctionName) => LoadCode
  readonly print: (line: string) => void
}

/** As sync-api/infra has them, ms. */
const timeouts: Readonly<Record<FunctionName, number>> = {
  ...{ authorizer: 5_000, socket: 15_000, http: 25_000, sync: 300_000 },
  ...{ relay: 30_000, stream: 60_000, tick: 50_000 }
}

const handlers: Readonly<Record<FunctionName, Create>> = {
  authorizer: taken(createAuthorizer),
  socket: taken(createSocket),
  http: taken(createHttp),
  sync: taken(createSync),
  relay: taken(createRelayHandler),
  stream: taken(createStream),
  tick: taken(createTick)
}

export async function startLocalRegion(parts: LocalRegionParts): Promise<LocalRegion> {
  const { region, chance } = parts
  const account = createAccountQuota(machineTime)
  const place = { region, chance, account, time: machineTime, stage: 'ws', path: '/ws' }
  const { deliveryMs } = parts
  const sockets = await startWebSocketApi({
    ...place,
    ...(deliveryMs === undefined ? {} : { deliveryMs })
  })
  const api = await startHttpApi(place)
  const redis = await startRedisServer()
  const front = await startLambdaFront()
  const functions = await startFunctions(parts, { sockets, redis, front })
  const { authorizer, socket, http, sync, stream, relay, tick } = functions
  front.add(sync)
  const integration = integrate(socket)
  sockets.route({
    ...{ connect: integration, disconnect: integration, selectedBy: 'route' },
    messages: { $default: { integration, answers: true } },
    authorizer: { integration: integrate(authorizer), identityHeader: 'sec-websocket-protocol' }
  })
  api.route(integrate(http))
  followBus(parts, relay)
  const disconnect = followStream(parts, stream)
  return {
    name: region,
    ...{ sockets, api, redis, functions },
    async tick() {
      await tick.invoke('{}', 'live')
    },
    async stop() {
      disconnect()
      await sockets.stop()
      await api.stop()
      for (const made of Object.values(functions)) await made.stop()
      await front.stop()
      await redis.stop()
    }
  }
}

type Called = {
  readonly sockets: WebSocketApi
  readonly redis: RedisServer
  readonly front: LambdaFront
}

async function startFunctions(
  parts: LocalRegionParts,
  { sockets, redis, front }: Called
): Promise<Record<FunctionName, LambdaFunction>> {
  const { region, regions, tables, buses, secrets, origin, chance, duplicates, print } = parts
  const { retryMs } = parts
  const fromSources = (name: FunctionName): LoadCode =>
    fromFactory(async (environment) => handlers[name]({ environment, print }))
  const { code = fromSources } = parts
  const env = {
    MERIDIAN_REGION: region,
    MERIDIAN_REGIONS: regions.join(','),
    MERIDIAN_LOG_TABLE: logTable,
    MERIDIAN_CONNECTIONS_TABLE: connectionsTable,
    MERIDIAN_BUS: busName,
    MERIDIAN_SYNC_FUNCTION: 'sync:live',
    MERIDIAN_ORIGIN: origin,
    MERIDIAN_ORIGIN_SECRET: secrets.originSecret,
    MERIDIAN_TICKET_KEY: secrets.ticketKey,
    MERIDIAN_NONCE_KEY: secrets.nonceKey,
    // AWS runs them on a newer Node than may be here; the SDK need not say so in each environment.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true'
  }
  const addresses: Record<string, string> = {
    MERIDIAN_REDIS_URL: redis.url,
    MERIDIAN_CALLBACK_URL: sockets.callbackUrl,
    AWS_ENDPOINT_URL_DYNAMODB: tables.region(region).endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: buses.region(region).endpoint,
    AWS_ENDPOINT_URL_LAMBDA: front.endpoint
  }
  for (const other of regions) {
    const name = `MERIDIAN_TABLES_${other.toUpperCase().replaceAll('-', '_')}`
    if (other !== region) addresses[name] = tables.region(other).endpoint
  }
  const made = Object.keys(timeouts).map(async (name) => {
    const known = name as FunctionName
    const started = await startFunction({
      ...{ name, region, chance, duplicates, retryMs, print, env, addresses, time: machineTime },
      timeoutMs: timeouts[known],
      load: code(known)
    })
    return [known, started] as const
  })
  return Object.fromEntries(await Promise.all(made)) as Record<FunctionName, LambdaFunction>
}

type Create = (surroundings: Surroundings) => LambdaHandler

/** A handler as Lambda takes it: its event is whatever comes. */
function taken<Event, Context>(
  create: (surroundings: Surroundings) => (event: Event, context: Context) => Promise<unknown>
): Create {
  return (surroundings) => create(surroundings) as LambdaHandler
}

function followBus({ buses, region }: LocalRegionParts, relay: LambdaFunction): void {
  buses.region(region).addRule({
    name: 'relay',
    pattern: {
      ...{ source: [busSource], 'detail-type': [busDetailType] },
      detail: { region: [{ 'anything-but': [region] }] }
    },
    targets: [
      {
        ...{ kind: 'function', name: 'relay' },
        invoke: async (event) => void relay.send(JSON.stringify(event), 'live')
      }
    ],
    ...{ retriesMax: 185, ageMsMax: 300_000 }
  })
}

/** Log rows that came, as the filter of the mapping has it. */
function followStream(
  { tables, region, chance, duplicates, retryMs, print }: LocalRegionParts,
  stream: LambdaFunction
): () => void {
  return connectStream({
    stream: tables.region(region).stream(logTable),
    async consumer({ Records }) {
      const logged = Records.filter(
        ({ eventName, dynamodb }) => eventName !== 'REMOVE' && isOfLog(dynamodb.Keys['pk'])
      )
      if (logged.length === 0) return
      const answer = await stream.invoke(JSON.stringify({ Records: logged }), 'live')
      if (answer.functionError !== null) throw new Error(answer.payload)
      return JSON.parse(answer.payload) as BatchResult
    },
    ...{ batchSize: 100, bisectOnError: true, retriesMax: 20, ageMsMax: 3_600_000 },
    onError: (failure) => print(JSON.stringify({ level: 'error', failure: String(failure) })),
    onFailure: (discarded) => print(JSON.stringify({ level: 'error', discarded })),
    repeatShare: duplicates,
    retryMs: (tries: number) => retryMs ?? Math.min(60_000, 500 * 2 ** tries),
    ...{ time: machineTime, chance, activity: createActivity() }
  })
}

function isOfLog(pk: unknown): boolean {
  return isObject(pk) && String(pk['S']).startsWith('D#')
}
