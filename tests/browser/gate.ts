// A way to the relay through our hands: it can be cut, and calls can meet another fate than an answer.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What becomes of one call. */
export type Fate =
  | 'passes'
  /** It gets no answer, and the relay never hears of it. */
  | 'is kept'
  /** The relay does what it is asked, and half of its answer arrives. */
  | 'is cut'
  /** Something in between answers with this status, and the relay never hears of it. */
  | { readonly status: number }

export type Gate = {
  /** As the relay's own address, with another port. */
  readonly url: string
  /** From now on calls to `path` get no answer. */
  keep(path: string): void
  /** Resolves when a call is being kept. */
  untilKept(): Promise<void>
  /** The next calls with such a body meet these, one each, and those after them pass. */
  meet(fates: readonly Fate[], isSuch: (path: string, body: Uint8Array) => boolean): void
  /** How many of them are still to be met. */
  left(): number
  /** No way any more: what is open is closed, what comes is refused. */
  cut(): void
  mend(): void
  /** Only calls pass from now on: open sockets are closed, and none is opened any more. */
  refuseSockets(): void
  stop(): Promise<void>
}

/** A gate in front of the relay at `port`. */
export async function openGate(port: number): Promise<Gate> {
  const fates = createFates()
  const sockets = new Set<Duplex>()
  let refusesSockets = false
  const ways = createWays()

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming)
    const { method, url = '', headers } = incoming
    const fate = fates.of(url, body)
    if (fate === 'is kept') return
    if (typeof fate === 'object') return void answer.writeHead(fate.status).end()
    const onward = request({ port, method, path: url, headers }, (relayed) => {
      answer.writeHead(relayed.statusCode ?? 502, relayed.headers)
      if (fate === 'is cut') relayed.on('data', (bytes: Buffer) => cutAfter(answer, bytes))
      else relayed.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    onward.end(body)
  }

  const server = createServer((incoming, answer) => {
    // A caller that goes away in the middle of its body is owed nothing.
    pass(incoming, answer).catch(() => answer.destroy())
  })
    .on('connection', (socket) => ways.take(socket))
    .on('upgrade', (incoming, near, head) => {
      if (refusesSockets) return near.destroy()
      sockets.add(near)
      near.on('close', () => sockets.delete(near))
      upgrade(port, incoming, near, head)
    })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    ...fates,
    ...ways,
    refuseSockets() {
      refusesSockets = true
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      ways.cut()
      await closed
    }
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

function createFates(): Pick<Gate, 'keep' | 'untilKept' | 'meet' | 'left'> & {
  of(path: string, body: Uint8Array): Fate
} {
  let waiting: Fate[] = []
  let isMeant: (path: string, body: Uint8Array) => boolean = () => false
  let keeps: string | null = null
  let whenKept: () => void = () => undefined
  const kept = new Promise<void>((resolve) => (whenKept = resolve))
  return {
    of(path, body) {
      if (path === keeps) {
        whenKept()
        return 'is kept'
      }
      return (isMeant(path, body) ? waiting.shift() : undefined) ?? 'passes'
    },
    keep(path) {
      keeps = path
    },
    untilKept: () => kept,
    meet(fates, isSuch) {
      waiting = [...fates]
      isMeant = isSuch
    },
    left: () => waiting.length
  }
}

/** The connections there are, and whether there may be any. */
function createWays(): Pick<Gate, 'cut' | 'mend'> & { take(socket: Socket): void } {
  const open = new Set<Socket>()
  let isCut = false
  return {
    take(socket) {
      if (isCut) return void socket.destroy()
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    },
    cut() {
      isCut = true
      for (const socket of open) socket.destroy()
    },
    mend() {
      isCut = false
    }
  }
}

function cutAfter(answer: ServerResponse, bytes: Buffer): void {
  answer.write(bytes.subarray(0, bytes.length >> 1), () => answer.destroy())
}

function upgrade(port: number, incoming: IncomingMessage, near: Duplex, head: Buffer): void {
  const far: Socket = connect({ port }, () => {
    far.write(requestHead(incoming))
    far.write(head)
    far.pipe(near).pipe(far)
  })
  for (const [stream, other] of [
    [near, far],
    [far, near]
  ] as const) {
    stream.on('error', () => other.destroy())
    stream.on('close', () => other.destroy())
  }
}

function requestHead({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
