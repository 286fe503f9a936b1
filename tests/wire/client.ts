// A client of the wire that hides nothing: says exact messages, hears exact messages.
import WebSocket from 'ws'
import { createChunkJoiner, splitFrame } from '../../sync-api/protocol/chunks'
import { fromText, toText } from '../../sync-api/protocol/coat'
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../sync-api/protocol/codec'
import { paths } from '../../sync-api/protocol/http'
import {
  chunkedToClientMax,
  chunksToClientMax,
  chunksToRelayMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { protocolVersion, schemaVersion, subprotocol } from '../../sync-api/protocol/version'

export type Coat = 'text' | 'binary'
export type Closed = { readonly code: number; readonly reason: string }
type Heard<Type> = Extract<ServerMessage, { type: Type }>

export type WireClient = {
  /** Says messages in one frame, in chunks if it must. */
  say(...messages: ClientMessage[]): void
  /** Sends one WebSocket message as it is. */
  send(data: string | Uint8Array): void
  /** The next message not yet taken; rejects if the connection closes instead. */
  next(): Promise<ServerMessage>
  /** The next message of a type; those before it are passed over. */
  hear<T extends ServerMessage['type']>(type: T): Promise<Heard<T>>
  /** The coats of the frames heard, in order. */
  coats(): readonly Coat[]
  /** Resolves when the connection has closed, by whomever. */
  readonly closed: Promise<Closed>
  close(): Promise<Closed>
}

export const hello: ClientMessage = {
  type: 'hello',
  protocol: protocolVersion,
  schema: schemaVersion,
  release: 'wire-test'
}

export type SocketSetup = {
  readonly coat?: Coat
  readonly protocols?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly ca?: string
}

/** Opens a socket with a ticket; resolves when it is open, rejects when the upgrade is refused. */
export async function openSocket(
  url: string,
  ticket: string,
  setup: SocketSetup = {}
): Promise<WireClient> {
  const socket = new WebSocket(
    url.replace(/^http/, 'ws') + paths.socket,
    [...(setup.protocols ?? [subprotocol, ticket])],
    { headers: { ...setup.headers }, ...(setup.ca === undefined ? {} : { ca: setup.ca }) }
  )
  const client = listenTo(socket, setup.coat ?? 'text')
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return client
}

/** Opens a socket and says hello; resolves after the welcome. */
export async function connect(
  url: string,
  ticket: string,
  setup: SocketSetup = {}
): Promise<WireClient> {
  const client = await openSocket(url, ticket, setup)
  client.say(hello)
  await client.hear('welcome')
  return client
}

function listenTo(socket: WebSocket, coat: Coat): WireClient {
  const queue: ServerMessage[] = []
  const coats: Coat[] = []
  const join = createChunkJoiner(chunksToClientMax, chunkedToClientMax)
  let wake = (): void => undefined
  let ended: Closed | null = null
  let chunks = 0
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer, binary) => {
    coats.push(binary ? 'binary' : 'text')
    const frame = join(binary ? new Uint8Array(data) : fromText(data.toString('latin1')))
    if (frame !== null) queue.push(...decodeServerFrame(frame))
    wake()
  })
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code, reason) => {
      ended = { code, reason: reason.toString() }
      wake()
      resolve(ended)
    })
  })
  const client: WireClient = {
    say(...messages) {
      for (const frame of splitFrame(
        joinFrame(messages.map(encodeClientMessage)),
        ++chunks,
        chunksToRelayMax
      )) {
        socket.send(coat === 'text' ? toText(frame) : frame)
      }
    },
    send: (data) => socket.send(data),
    async next() {
      for (;;) {
        const message = queue.shift()
        if (message !== undefined) return message
        if (ended !== null) throw new Error(`Closed: ${ended.code} ${ended.reason}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    async hear(type) {
      for (;;) {
        const message = await client.next()
        if (message.type === type) return message as Heard<typeof type>
      }
    },
    coats: () => coats,
    closed,
    close() {
      socket.close()
      return closed
    }
  }
  return client
}
