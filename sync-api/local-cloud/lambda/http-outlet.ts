// One environment's way to a service that speaks HTTP: an address of its own, so that each call is known to be its.
import { once } from 'node:events'
import { createServer, request as sendRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Calls, OpenCall } from './calls'

export type Outlet = {
  /** What the environment is told instead of the service's own address. */
  readonly address: string
  /** Cuts every call. */
  close(): void
}

/** Opens a way to the service at `target`, an http URL. */
export async function openHttpOutlet(target: string, calls: Calls): Promise<Outlet> {
  const url = new URL(target)
  const server = createServer((request, response) => {
    const call = calls.begin(`${request.method} ${url.origin}${request.url}`)
    pass(request, response, url, call).catch(() => {
      // Nobody answers it any more: whoever made it is told so, and it is not under way.
      call.answered()
      response.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  const path = url.pathname === '/' ? '' : url.pathname
  return {
    address: `http://127.0.0.1:${address.port}${path}`,
    close() {
      server.close()
      server.closeAllConnections()
    }
  }
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
  call: OpenCall
): Promise<void> {
  const body = await readAll(request)
  if (!(await call.leaves)) return void response.destroy()
  const { method, url, headers } = request
  const { hostname, port } = target
  // A connection of its own: one that is kept may be closed by the service just when the next call takes it.
  const onward = sendRequest({ agent: false, hostname, port, method, path: url, headers })
  onward.end(body)
  const [answer] = (await once(onward, 'response')) as [IncomingMessage]
  const answered = await readAll(answer)
  if (!call.answered()) return void response.destroy()
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.end(answered)
}

/** All bytes of a request or an answer. */
export async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}
