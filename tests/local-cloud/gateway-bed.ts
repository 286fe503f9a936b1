// A WebSocket API with one function behind it, clients that connect to it, and the SDK client of its callback address.
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi'
import { WebSocket, type ClientOptions } from 'ws'
import {
  createAccountQuota,
  type AccountQuota
} from '../../sync-api/local-cloud/gateway/account-quota'
import { integrate } from '../../sync-api/local-cloud/gateway/integration'
import type { Route, Routes } from '../../sync-api/local-cloud/gateway/routing'
import {
  startWebSocketApi,
  type WebSocketApi,
  type WebSocketApiSettings
} from '../../sync-api/local-cloud/gateway/web-socket-api'
import { machineTime } from '../../sync-api/local-cloud/time'
import { loads, startCalled, stopsLater } from './lambda-bed'

export type ApiEvent = {
  readonly type?: string
  readonly methodArn?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly requestContext: Readonly<Record<string, unknown>> & {
    readonly routeKey: string
    readonly connectionId: string
  }
}

export type Gateway = {
  readonly api: WebSocketApi
  readonly account: AccountQuota
  /** What the function was given, in the order in which it came. */
  readonly events: ApiEvent[]
  /** Events of one route. */
  of(routeKey: string): ApiEvent[]
}

export type GatewayParts = Partial<WebSocketApiSettings> & {
  /** Answers every event, as a function does. */
  readonly handler?: (event: ApiEvent) => unknown
  readonly authorizer?: (event: ApiEvent) => unknown
  readonly answers?: boolean
  /** Keys besides `$default`. */
  readonly routeKeys?: readonly string[]
}

/** What a function returns that has nothing to say. */
export const fine = { statusCode: 200 }

export async function startGateway(parts: GatewayParts = {}): Promise<Gateway> {
  const { handler = () => fine, authorizer, answers = true, routeKeys = [], ...settings } = parts
  const time = settings.time ?? machineTime
  const account = createAccountQuota(time)
  const events: ApiEvent[] = []
  const api = stopsLater(
    await startWebSocketApi({
      ...{ region: 'eu-west-1', stage: 'ws', path: '/ws', time, chance: () => 0.5, account },
      ...settings
    })
  )
  const load = loads(() => (event) => {
    events.push(event as ApiEvent)
    return handler(event as ApiEvent)
  })
  const integration = integrate(await startCalled({ load, time }))
  const route: Route = { integration, answers }
  const keys = ['$default', ...routeKeys]
  api.route({
    ...{ connect: integration, disconnect: integration, selectedBy: 'route' },
    messages: Object.fromEntries(keys.map((key) => [key, route])),
    authorizer: await authorizerOf(authorizer, time)
  })
  const of = (key: string): ApiEvent[] =>
    events.filter(({ requestContext }) => requestContext.routeKey === key)
  return { api, account, events, of }
}

async function authorizerOf(
  authorizer: GatewayParts['authorizer'],
  time: WebSocketApiSettings['time']
): Promise<Routes['authorizer']> {
  if (authorizer === undefined) return null
  const load = loads(() => (event) => authorizer(event as ApiEvent))
  const made = await startCalled({ name: 'authorizer', load, time })
  return { integration: integrate(made), identityHeader: 'Sec-WebSocket-Protocol' }
}

export type Client = {
  readonly socket: WebSocket
  readonly received: string[]
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** Resolves when it is open; rejects with `status <n>` when it is refused. */
export function open(
  url: string,
  protocols: string[] = [],
  options: ClientOptions = {}
): Promise<Client> {
  const socket = new WebSocket(url, protocols, options)
  const received: string[] = []
  socket.on('message', (data: Buffer, binary: boolean) =>
    received.push(binary ? 'binary' : data.toString('utf8'))
  )
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  )
  stopsLater({ stop: async () => socket.terminate() })
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, received, closed }))
    socket.on('error', reject)
    socket.on('unexpected-response', (request, response) => {
      reject(new Error(`status ${response.statusCode}`))
      request.destroy()
    })
  })
}

/** The id of the only connection. */
export function onlyId({ api }: Gateway): string {
  const [id, ...more] = api.connections()
  if (id === undefined || more.length > 0) throw new Error(`${more.length} connections too many`)
  return id
}

export function callbackOf({ api }: Gateway): ApiGatewayManagementApiClient {
  const client = new ApiGatewayManagementApiClient({
    ...{ region: 'eu-west-1', endpoint: api.callbackUrl, maxAttempts: 1 },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' }
  })
  stopsLater({ stop: async () => client.destroy() })
  return client
}
