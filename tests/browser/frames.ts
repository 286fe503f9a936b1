// What the sockets of a page say and hear, decoded: the wire as the browser itself reports it.
import type { BrowserContext, Page, WebSocket } from 'playwright-core'
import { createChunkJoiner } from '../../sync-api/protocol/chunks'
import { fromText } from '../../sync-api/protocol/coat'
import { decodeClientFrame, decodeServerFrame } from '../../sync-api/protocol/codec'
import { chunksToClientMax, chunksToRelayMax } from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

export type Conversation = {
  /** Sockets opened so far, in all pages. */
  readonly sockets: number
  readonly said: readonly ClientMessage[]
  readonly heard: readonly ServerMessage[]
}

/** Of every page the browser opens or loads from now on. */
export function listenIn(context: BrowserContext): Conversation {
  const conversation = { sockets: 0, said: [] as ClientMessage[], heard: [] as ServerMessage[] }
  const follow = (page: Page): void => {
    page.on('websocket', (socket) => {
      conversation.sockets += 1
      decodeSocket(socket, conversation)
    })
  }
  context.pages().forEach(follow)
  context.on('page', follow)
  return conversation
}

function decodeSocket(
  socket: WebSocket,
  into: { said: ClientMessage[]; heard: ServerMessage[] }
): void {
  const [joinSaid, joinHeard] = [
    createChunkJoiner(chunksToRelayMax),
    createChunkJoiner(chunksToClientMax)
  ]
  socket.on('framesent', ({ payload }) => {
    const frame = joinSaid(uncoated(payload))
    if (frame !== null) into.said.push(...decodeClientFrame(frame))
  })
  socket.on('framereceived', ({ payload }) => {
    const frame = joinHeard(uncoated(payload))
    if (frame !== null) into.heard.push(...decodeServerFrame(frame))
  })
}

/** The frame in a message of either coat. */
export function uncoated(payload: string | Buffer): Uint8Array {
  return typeof payload === 'string' ? fromText(payload) : new Uint8Array(payload)
}
