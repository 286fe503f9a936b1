// The one address of a deployment: calls and sockets go on to a region, with what proves that they came this way.
import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { paths } from '../protocol/http'
import { originHeader } from './deployed'

export type Origins = {
  readonly originSecret: string
  /** The nearest first. */
  readonly regions: readonly {
    readonly name: string
    readonly sockets: { readonly url: string }
    readonly api: { readonly url: string }
  }[]
}

export type Edge = {
  readonly url: string
  /** From now on it leads there. */
  lead(origins: Origins): void
  stop(): Promise<void>
}

/** What is not of a region: the app's own files. Null for a path that is none. */
export type App = (request: Request) => Response | null

export async function openEdge(app: App): Promise<Edge> {
  let origins: Origins | null = null
  const sockets = new Set<Duplex>()
  const server = createServer((request, response) => {
    if (!isOfRegion(request.url ?? '/'))
      answerFile(app, request, response).catch(() => response.destroy())
    else if (origins === null) response.writeHead(503).end()
    else passCall(origins, request, response)
  })
  server.on('upgrade', (request: IncomingMessage, raw: Socket, head: Buffer) => {
    const outer = origins === null ? null : passSocket(origins, request, raw, head)
    if (outer === null) return void raw.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    for (const socket of [raw, outer]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return {
    url: `http://localhost:${address.port}`,
    lead: (given) => void (origins = given),
    async stop() {
      server.close()
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    }
  }
}

function isOfRegion(path: string): boolean {
  return path.startsWith('/api/') || path === paths.health
}

async function answerFile(
  app: App,
  { url = '/', method = 'GET', headers }: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const asked = new Headers()
  for (const [name, value] of Object.entries(headers)) asked.set(name, String(value))
  const found = app(new Request(new URL(url, 'http://localhost'), { method, headers: asked }))
  if (found === null) return void response.writeHead(404).end()
  response.writeHead(found.status, Object.fromEntries(found.headers))
  response.end(Buffer.from(await found.arrayBuffer()))
}

/** Headers as they go on: with the proof, and without one that somebody made up. */
function onward(request: IncomingMessage, { originSecret }: Origins): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = String(value)
  }
  const caller = request.socket.remoteAddress ?? ''
  return { ...headers, 'x-forwarded-for': caller, [originHeader]: originSecret }
}

function passCall(origins: Origins, request: IncomingMessage, response: ServerResponse): void {
  const [nearest] = origins.regions
  const url = new URL(request.url ?? '/', nearest!.api.url)
  const passed = send(url, { method: request.method, headers: onward(request, origins) })
  passed.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  passed.on('error', () => response.destroy())
  request.pipe(passed)
}

/** Null where no region is at the path. */
function passSocket(
  origins: Origins,
  request: IncomingMessage,
  raw: Socket,
  head: Buffer
): Socket | null {
  const { pathname } = new URL(request.url ?? '/', 'http://edge')
  const [, named] = /^\/ws(?:\/([a-z0-9-]+))?$/.exec(pathname) ?? [null, null]
  if (named === null) return null
  const [nearest] = origins.regions
  const region = named === undefined ? nearest : origins.regions.find(({ name }) => name === named)
  if (region === undefined) return null
  const target = new URL(region.sockets.url)
  const outer = connect(Number(target.port), target.hostname, () => {
    const headers = Object.entries(onward(request, origins))
    const lines = headers.map(([name, value]) => `${name}: ${value}`)
    outer.write(`GET ${target.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    outer.write(head)
    raw.pipe(outer).pipe(raw)
  })
  raw.on('error', () => outer.destroy())
  outer.on('error', () => raw.destroy())
  raw.on('close', () => outer.destroy())
  outer.on('close', () => raw.destroy())
  return outer
}
