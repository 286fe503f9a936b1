// A way to the relay through our hands: calls to one path can be kept without an answer.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export type Gate = {
  /** As the relay's own address, with another port. */
  readonly url: string
  /** From now on calls to `path` get no answer. */
  keep(path: string): void
  /** Resolves when a call is being kept. */
  untilKept(): Promise<void>
  stop(): Promise<void>
}

/** A gate in front of the relay at `port`. */
export async function openGate(port: number): Promise<Gate> {
  const streams = new Set<Duplex>()
  let keeps: string | null = null
  let whenKept: () => void = () => undefined
  const kept = new Promise<void>((resolve) => (whenKept = resolve))

  function pass(incoming: IncomingMessage, answer: ServerResponse): void {
    if (incoming.url === keeps) return whenKept()
    const { method, url, headers } = incoming
    const onward = request({ port, method, path: url, headers }, (relayed) => {
      answer.writeHead(relayed.statusCode ?? 502, relayed.headers)
      relayed.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    incoming.pipe(onward)
  }

  function upgrade(incoming: IncomingMessage, near: Duplex, head: Buffer): void {
    const far: Socket = connect({ port }, () => {
      far.write(requestHead(incoming))
      far.write(head)
      far.pipe(near).pipe(far)
    })
    for (const [stream, other] of [
      [near, far],
      [far, near]
    ] as const) {
      streams.add(stream)
      stream.on('error', () => other.destroy())
      stream.on('close', () => {
        streams.delete(stream)
        other.destroy()
      })
    }
  }

  const server = createServer(pass).on('upgrade', upgrade)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    keep(path) {
      keeps = path
    },
    untilKept: () => kept,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const stream of streams) stream.destroy()
      server.closeAllConnections()
      await closed
    }
  }
}

function requestHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
