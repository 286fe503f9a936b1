// HTTP and HTTPS of one process: the API, the app's files and the metrics behind one listener.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { paths } from '../../protocol/http'
import type { Certificate } from './certificate'
import type { NodeMetrics } from './metrics'
import { securityHeaders } from './security-headers'
import type { StaticFiles } from './static-files'

/** A request's headers must have come within this, ms: who sends slower holds a socket for nothing. */
const headersTimeoutMs = 10_000

/** A whole request must have come within this, ms: 4 MB over a line of half a megabit a second. */
const requestTimeoutMs = 70_000

export type WebParts = {
  readonly api: { fetch(request: Request, env: { address: string }): Response | Promise<Response> }
  readonly files: StaticFiles
  readonly metrics: NodeMetrics
  readonly certificate: Certificate | null
  readonly trustProxy: boolean
  readonly openMetrics: boolean
}

/** A server that answers but does not listen yet. */
export function createWebServer(parts: WebParts): Server {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const api = (request: Request, incoming: IncomingMessage): Response | Promise<Response> =>
    parts.api.fetch(request, { address: callerAddress(incoming, parts.trustProxy) })
  app.all('/api/*', (context) => api(context.req.raw, context.env.incoming))
  app.get(paths.health, (context) => api(context.req.raw, context.env.incoming))
  app.get(paths.metrics, async (context) => {
    if (!parts.openMetrics && !isThisMachine(context.env.incoming, parts.trustProxy)) {
      return context.text('Metrics are answered to this machine only (see --open-metrics)\n', 403)
    }
    const { type, body } = await parts.metrics.text()
    return context.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
  })
  app.get('*', (context) => {
    const answer = parts.files.answer(context.req.raw) ?? nothingHere()
    for (const [name, value] of Object.entries(securityHeaders)) answer.headers.set(name, value)
    return answer
  })
  const listener = getRequestListener((request, env) => app.fetch(request, env))
  const limits = { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs }
  const answer = (incoming: IncomingMessage, outgoing: Parameters<typeof listener>[1]): void =>
    void listener(incoming, outgoing)
  if (parts.certificate === null) return createServer(limits, answer)
  return createTlsServer({ ...limits, ...parts.certificate, minVersion: 'TLSv1.2' }, answer)
}

function nothingHere(): Response {
  return new Response('There is nothing at this address.\n', {
    status: 404,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }
  })
}

/** Listens; rejects with a sentence when the address cannot be had. Answers the port. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new Error(listenFailure(cause, port, host), { cause }))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function listenFailure(cause: NodeJS.ErrnoException, port: number, host: string): string {
  switch (cause.code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop what uses it, or choose another with --port.`
    case 'EACCES':
      return `Port ${port} needs more rights than this process has. Choose one above 1023 with --port.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host}. Use 127.0.0.1, or 0.0.0.0 to let other machines in.`
    default:
      return `Cannot listen on ${host}, port ${port}: ${cause.message}`
  }
}

/** A proxy appends whom it heard from, so the last name in the list is the only one it vouches for. */
function callerAddress(incoming: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? forwardedFor(incoming) : undefined
  return forwarded ?? incoming.socket.remoteAddress ?? ''
}

function forwardedFor(incoming: IncomingMessage): string | undefined {
  const header = incoming.headers['x-forwarded-for']
  const text = Array.isArray(header) ? header.join(',') : header
  return text?.split(',').at(-1)?.trim()
}

function isThisMachine(incoming: IncomingMessage, trustProxy: boolean): boolean {
  // A proxy on this machine speaks for somebody else, trusted or not.
  if (!trustProxy && forwardedFor(incoming) !== undefined) return false
  return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(callerAddress(incoming, trustProxy))
}
