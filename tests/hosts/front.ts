// Something in front of the real relay that answers like a gateway, or does one thing wrong.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { createChunkJoiner, splitFrame } from '../../sync-api/protocol/chunks'
import { fromText, toText } from '../../sync-api/protocol/coat'
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientMessage,
  encodeServerMessage,
  joinFrame
} from '../../sync-api/protocol/codec'
import { paths } from '../../sync-api/protocol/http'
import {
  chunkedToClientMax,
  chunksToClientMax,
  chunksToRelayMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

export type Call = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What is done on the way; what is left out passes as it is. */
export type Fault = {
  call?(call: Call, pass: (call: Call) => Promise<Reply>): Promise<Reply>
  /** The ticket that the relay is shown for the one that came; null turns the handshake away with 401. */
  ticket?(offered: string): Promise<string | null>
  /** What the answer to a handshake names; false names nothing. */
  readonly subprotocol?: string | false
  /** What goes on to the relay; `answer` says something to the client at once. */
  said?(
    message: ClientMessage,
    answer: (message: ServerMessage) => void,
    region: string
  ): ClientMessage | null
  /** What the client is told instead of a message of the relay. */
  told?(message: ServerMessage, region: string): readonly (ServerMessage | string)[]
  /** How much later a message goes on, in either direction, ms: what is later may be overtaken. */
  lateMs?(): number
  /** Whether it takes text alone, as API Gateway does. */
  readonly textOnly?: boolean
}

export type Front = {
  readonly url: string
  /** Resolves when no socket is open any more. */
  untilLeft(): Promise<void>
  stop(): Promise<void>
}

/** A front of the relay at `relay`; `/ws/<region>` leads to its `/ws` too. */
export async function openFront(relay: string, fault: Fault): Promise<Front> {
  const server = createServer((request, response) => {
    answerCall(relay, fault, request, response).catch(() => response.destroy())
  })
  const sockets = acceptSockets(relay, server, fault)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    async untilLeft() {
      for (const client of sockets.clients) {
        await new Promise<void>((resolve) => {
          if (client.readyState === client.CLOSED) resolve()
          else client.once('close', () => resolve())
        })
      }
    },
    stop() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}

async function answerCall(
  relay: string,
  { call }: Fault,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const { method = 'GET', url: path = '/' } = request
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (!hopHeaders.has(name)) headers[name] = String(value)
  }
  const asked = { method, path, headers, body: new Uint8Array(Buffer.concat(parts)) }
  const pass = (passed: Call): Promise<Reply> => passOn(relay, passed)
  const reply = await (call === undefined ? pass(asked) : call(asked, pass))
  response.writeHead(reply.status, reply.headers).end(reply.body)
}

const hopHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding'])

async function passOn(relay: string, { method, path, headers, body }: Call): Promise<Reply> {
  const bare = method === 'GET' || method === 'HEAD'
  const answer = await fetch(relay + path, { method, headers, ...(bare ? {} : { body }) })
  const told = Object.fromEntries(answer.headers)
  delete told['content-length']
  const bytes = new Uint8Array(await answer.arrayBuffer())
  // It was decompressed on the way; the client shall see that it came compressed.
  if (told['content-encoding'] !== undefined) return compressedAgain(told, answer.status, bytes)
  return { status: answer.status, headers: told, body: bytes }
}

async function compressedAgain(
  headers: Record<string, string>,
  status: number,
  bytes: Uint8Array
): Promise<Reply> {
  const { gzipSync } = await import('node:zlib')
  return { status, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(bytes) }
}

function acceptSockets(relay: string, server: Server, fault: Fault): WebSocketServer {
  const { subprotocol = 'meridian.1' } = fault
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => subprotocol })
  server.on('upgrade', (request, raw, head) => {
    const [protocol = '', offered = ''] = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((value) => value.trim())
    const showing = fault.ticket?.(offered) ?? Promise.resolve(offered)
    showing
      .then((ticket) => {
        if (ticket === null) return raw.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
        const region = request.url?.split('/')[2] ?? ''
        sockets.handleUpgrade(request, raw, head, (client) => {
          join(
            client,
            new WebSocket(relay.replace(/^http/, 'ws') + paths.socket, [protocol, ticket]),
            fault,
            region
          )
        })
      })
      .catch(() => raw.destroy())
  })
  return sockets
}

/** Hands what either side says to the other, as the fault has it. */
function join(client: WebSocket, onward: WebSocket, fault: Fault, region: string): void {
  const fromClient = createChunkJoiner(chunksToRelayMax)
  const fromRelay = createChunkJoiner(chunksToClientMax, chunkedToClientMax)
  let chunks = 0
  const tell = (message: ServerMessage | string): void => {
    if (client.readyState !== client.OPEN) return
    if (typeof message === 'string') return client.send(message)
    const frame = joinFrame([encodeServerMessage(message)])
    for (const piece of splitFrame(frame, ++chunks, chunksToClientMax)) client.send(toText(piece))
  }
  const sayOn = (message: ClientMessage): void => {
    if (onward.readyState !== onward.OPEN) return
    const frame = joinFrame([encodeClientMessage(message)])
    for (const piece of splitFrame(frame, ++chunks, chunksToRelayMax)) onward.send(toText(piece))
  }
  const later = (run: () => void): void => {
    if (fault.lateMs === undefined) run()
    else setTimeout(run, fault.lateMs())
  }
  const opened = new Promise<void>((resolve) => onward.once('open', resolve))
  client.on('message', (data: Buffer, binary: boolean) => {
    if (binary && fault.textOnly === true) return client.close(1003)
    const read = readWhole(data, binary, fromClient, decodeClientFrame)
    if (read === null) return
    void opened.then(() => {
      if (read === 'unreadable') return onward.send(data, { binary })
      for (const message of read) {
        const passed = fault.said === undefined ? message : fault.said(message, tell, region)
        if (passed !== null) later(() => sayOn(passed))
      }
    })
  })
  onward.on('message', (data: Buffer, binary: boolean) => {
    const read = readWhole(data, binary, fromRelay, decodeServerFrame)
    if (read === null || read === 'unreadable') return
    const told = read.flatMap((message) => fault.told?.(message, region) ?? [message])
    for (const message of told) later(() => tell(message))
  })
  client.on('error', () => client.terminate())
  onward.on('error', () => client.terminate())
  client.on('close', () => onward.terminate())
  onward.on('close', (code, reason) => {
    if (code === 1005 || code === 1006) client.terminate()
    else client.close(code, reason)
  })
}

/** Null while a message is incomplete. */
function readWhole<M>(
  data: Buffer,
  binary: boolean,
  joinChunks: (frame: Uint8Array) => Uint8Array | null,
  decode: (frame: Uint8Array) => M[]
): M[] | 'unreadable' | null {
  try {
    const frame = joinChunks(binary ? new Uint8Array(data) : fromText(data.toString('latin1')))
    return frame === null ? null : decode(frame)
  } catch {
    return 'unreadable'
  }
}
