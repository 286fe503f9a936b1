// API Gateway's WebSocket API of one region: clients on one side, functions on the other, callbacks beside.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { LocalChance, LocalTime } from '../time'
import type { AccountQuota } from './account-quota'
import { openApiConnection, type ApiConnection, type Usage } from './api-connection'
import { disconnectEvent, messageEvent, newConnectionId, type ConnectionFacts } from './api-events'
import { answerCallback } from './callback'
import { admit } from './admission'
import { acceptHandshake, apiError, isHandshake, refuseHandshake } from './handshake'
import { callIntegration } from './integration'
import { selectRoute, toldAfter, type Routes } from './routing'

export type WebSocketApiSettings = {
  readonly region: string
  readonly stage: string
  /** What people connect to: `/` and the stage, or what a custom domain maps to it. */
  readonly path: string
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly account: AccountQuota
  /** Share of `$disconnect` events that never come, 0 to 1. */
  readonly disconnectLoss?: number
  /** How long a message is under way to its function, ms: where it varies, messages overtake each other. */
  readonly deliveryMs?: () => number
}

export type WebSocketApi = {
  /** For browsers. */
  readonly url: string
  /** For @connections, which functions must know before the routes to them are made. */
  readonly callbackUrl: string
  /** From now on it takes connections. */
  route(routes: Routes): void
  /** Ids of open connections. */
  connections(): string[]
  /** The network between a client and the gateway breaks, without a word to either. */
  cut(connectionId: string): void
  usage(): Readonly<Usage>
  stop(): Promise<void>
}

const apiId = 'local00000'

type State = {
  readonly settings: WebSocketApiSettings
  readonly open: Map<string, ApiConnection>
  readonly usage: Usage
}

export async function startWebSocketApi(settings: WebSocketApiSettings): Promise<WebSocketApi> {
  const { path, account } = settings
  const state: State = {
    settings,
    open: new Map(),
    usage: { messages: 0, connectionMinutes: 0 }
  }
  const { open } = state
  let routes: Routes | null = null
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const find = (id: string): ApiConnection | null => open.get(id) ?? null
    answerCallback({ path, account, find }, request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    connect(state, routes, request, raw, head).catch(() => raw.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return {
    url: `ws://127.0.0.1:${address.port}${path}`,
    callbackUrl: `http://127.0.0.1:${address.port}${path}`,
    route: (made) => void (routes = made),
    connections: () => [...open.keys()],
    cut: (id) => open.get(id)?.cut(),
    usage: () => state.usage,
    async stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    }
  }
}

async function connect(
  state: State,
  routes: Routes | null,
  request: IncomingMessage,
  raw: Duplex,
  head: Buffer
): Promise<void> {
  const { settings } = state
  const { time } = settings
  // What it dies of while its connection is decided is told by its end.
  raw.on('error', () => raw.destroy())
  const connectionId = newConnectionId()
  const refuse = (status: number, message: string): void =>
    refuseHandshake(raw, connectionId, status, message)
  const { pathname } = new URL(request.url ?? '/', 'http://gateway')
  if (routes === null || pathname !== settings.path) return refuse(403, 'Forbidden')
  if (!isHandshake(request)) return refuse(400, 'Bad request')
  const facts: ConnectionFacts = {
    ...{ connectionId, connectedAt: time.now(), apiId, stage: settings.stage, authorizer: null },
    domainName: request.headers.host ?? '',
    sourceIp: request.socket.remoteAddress ?? '',
    userAgent: request.headers['user-agent'] ?? ''
  }
  const admission = await admit(settings, routes, facts, request)
  if (admission.kind === 'refused') return refuse(admission.status, admission.message)
  // Whoever left meanwhile is never told of: that is how `$connect` happens without a connection.
  if (raw.destroyed) return
  acceptHandshake(request, raw, admission.headers)
  if (head.length > 0) raw.unshift(head)
  const known = { ...facts, authorizer: admission.authorizer }
  const connection = openApiConnection(request.socket, known, time, state.usage, {
    receive: (text) => deliver(state, routes, connection, text),
    closed(code, reason) {
      state.open.delete(connectionId)
      if (settings.chance() < (settings.disconnectLoss ?? 0)) return
      const event = disconnectEvent(known, code, reason, time.now())
      // Nobody is left to be told how it went.
      void callIntegration(routes.disconnect, event, time)
    }
  })
  state.open.set(connectionId, connection)
}

/** Each message by itself: the next does not wait for it. */
function deliver(
  { settings }: State,
  routes: Routes,
  connection: ApiConnection,
  text: string
): void {
  const { time, account, deliveryMs } = settings
  const { connectionId } = connection.facts
  const tell = (told: string | null): void => {
    if (told !== null && connection.isOpen()) connection.send(Buffer.from(told))
  }
  const selected = selectRoute(routes, text)
  if (!account.requests.take(1)) return tell(apiError('Too Many Requests', connectionId))
  if (selected === null) return tell(apiError('Forbidden', connectionId))
  const { key, route } = selected
  const handOver = (): void => {
    const event = messageEvent(connection.facts, key, text, time.now())
    callIntegration(route.integration, event, time).then(
      (answer) => tell(toldAfter(route, answer, connectionId)),
      () => tell(apiError('Internal server error', connectionId))
    )
  }
  const ms = deliveryMs?.() ?? 0
  if (ms > 0) time.after(ms, handOver)
  else handOver()
}
