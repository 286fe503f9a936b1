// A WebSocket to the deployment: says exact messages, and waits for others with a time limit.
import { WebSocket } from 'ws'
import { createChunkJoiner, splitFrame } from '../../protocol/chunks'
import { fromText, toText } from '../../protocol/coat'
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../protocol/codec'
import { chunkedToClientMax, chunksToClientMax, chunksToRelayMax } from '../../protocol/limits'
import type { ClientMessage, ServerMessage } from '../../protocol/messages'
import { protocolVersion, schemaVersion, subprotocol } from '../../protocol/version'
import { createInbox, type Inbox } from './inbox'
import { messageBytesMax } from './limits'
import type { Person } from './person'
import { sentenceOf, Wrong } from './report'
import { codeOf, networkSentence, type Target } from './target'

type Welcome = Extract<ServerMessage, { type: 'welcome' }>

export type Socket = Inbox & {
  /** Which subprotocol the answer to the handshake named. */
  readonly subprotocol: string
  /** Says messages in one frame, in chunks if it must. */
  say(...messages: readonly ClientMessage[]): void
  /** Sends one WebSocket message as it is. */
  send(data: string | Uint8Array): void
  /** From here on what is said is binary. */
  sayBinary(): void
  /** The coat of the first message that came, and the length of the longest. */
  readonly heard: { readonly first: 'text' | 'binary' | null; readonly longest: number }
  close(): Promise<void>
  /** Ends without a goodbye. */
  cut(): void
}

export type Connection = Socket & { readonly welcome: Welcome }

/** What came of a handshake. */
export type Handshake =
  | { readonly kind: 'open'; readonly socket: Socket }
  | { readonly kind: 'refused'; readonly status: number }

export type Offer = {
  /** Of `/ws/<region>`; null for `/ws`. */
  readonly region?: string | null
  readonly protocols?: readonly string[]
  /** What stands after the path, such as `?ticket=…`. */
  readonly query?: string
}

export const hello: ClientMessage = {
  type: 'hello',
  protocol: protocolVersion,
  schema: schemaVersion,
  release: 'verify'
}

/** Knocks; throws Wrong when nobody speaks WebSocket there. */
export async function knock(target: Target, offer: Offer): Promise<Handshake> {
  const url = target.socketUrl(offer.region ?? null) + (offer.query ?? '')
  const raw = new WebSocket(url, [...(offer.protocols ?? [])], {
    handshakeTimeout: target.limitMs,
    perMessageDeflate: false,
    maxPayload: messageBytesMax
  })
  const socket = listenTo(raw, target.limitMs)
  target.open.add(socket)
  return new Promise((resolve, reject) => {
    raw.once('open', () => resolve({ kind: 'open', socket }))
    raw.once('unexpected-response', (request, response) => {
      request.destroy()
      resolve({ kind: 'refused', status: response.statusCode ?? 0 })
    })
    raw.once('error', (failure) => reject(new Wrong(handshakeSentence(failure, new URL(url)))))
  })
}

function handshakeSentence(failure: Error, { host, hostname }: URL): string {
  const known = networkSentence(codeOf(failure), host, hostname)
  if (known !== null) return known
  if (failure.message === 'Server sent no subprotocol') {
    return `the answer to the handshake names no subprotocol; it must echo "${subprotocol}"`
  }
  if (failure.message === 'Server sent an invalid subprotocol') {
    return `the answer to the handshake names another subprotocol than "${subprotocol}"`
  }
  return `the handshake failed: ${sentenceOf(failure)}`
}

/** Opens a socket for a person without a word said. */
export async function openSocket(
  target: Target,
  person: Person,
  region: string | null = null
): Promise<Socket> {
  const protocols = [subprotocol, await person.ticket()]
  const answer = await knock(target, { region, protocols })
  if (answer.kind === 'open') return answer.socket
  throw new Wrong(`the handshake was answered ${answer.status}`)
}

/** Opens a socket and says hello; after the welcome, in the coat that it allows. */
export async function connect(
  target: Target,
  person: Person,
  region: string | null = null
): Promise<Connection> {
  const socket = await openSocket(target, person, region)
  socket.say(hello)
  const welcome = await socket.hear('welcome')
  if (welcome.binary) socket.sayBinary()
  return { ...socket, welcome }
}

function listenTo(raw: WebSocket, limitMs: number): Socket {
  const inbox = createInbox(limitMs)
  const join = createChunkJoiner(chunksToClientMax, chunkedToClientMax)
  const heard: { first: 'text' | 'binary' | null; longest: number } = { first: null, longest: 0 }
  let binary = false
  let chunks = 0
  // What a handshake dies of is told by `knock`; after it, `close` follows.
  raw.on('error', () => undefined)
  raw.on('message', (data: Buffer, isBinary: boolean) => {
    heard.first ??= isBinary ? 'binary' : 'text'
    heard.longest = Math.max(heard.longest, data.length)
    try {
      const frame = join(isBinary ? new Uint8Array(data) : fromText(data.toString('latin1')))
      if (frame !== null) inbox.put(decodeServerFrame(frame))
    } catch (failure) {
      inbox.end(`the relay sent what is not of the protocol: ${sentenceOf(failure)}`)
      raw.terminate()
    }
  })
  const closed = new Promise<void>((resolve) => {
    raw.on('close', (code, reason) => {
      const why = reason.length === 0 ? '' : ` ${reason.toString()}`
      inbox.end(`the connection was closed (${code}${why})`, code)
      resolve()
    })
  })
  return {
    ...inbox,
    get subprotocol() {
      return raw.protocol
    },
    say(...messages) {
      const frame = joinFrame(messages.map(encodeClientMessage))
      for (const piece of splitFrame(frame, ++chunks, chunksToRelayMax)) {
        send(raw, binary ? piece : toText(piece))
      }
    },
    send: (data) => send(raw, data),
    sayBinary: () => void (binary = true),
    heard,
    close() {
      raw.close()
      return closed
    },
    cut: () => raw.terminate()
  }
}

/** To a connection that is closed nothing is sent: whoever waits for an answer is told that. */
function send(raw: WebSocket, data: string | Uint8Array): void {
  if (raw.readyState === raw.OPEN) raw.send(data)
}
