// The sockets of one process: frames in to the relay, the relay's messages out, one write a turn.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { createChunkJoiner } from '../../protocol/chunks'
import { closeCodes } from '../../protocol/close-codes'
import { fromText, toText } from '../../protocol/coat'
import { decodeClientFrame, joinFrame } from '../../protocol/codec'
import { ProtocolError } from '../../protocol/errors'
import { framesOf } from '../../protocol/frames'
import { chunksToRelayMax } from '../../protocol/limits'
import type { Gateway, TicketClaims } from '../../core/ports'
import type { Relay } from '../../core/relay'
import { emptyBundle, extendBundle, messagesOf, type Bundle } from './bundles'
import { binaryPacket } from './packets'

/** Bytes that wait for a client to read them: several catch-up pages; past it, it is too slow. */
const unreadBytesMax = 4 * 1024 * 1024

/** How long a socket may take to answer a close before it is cut, ms. */
export const closeTimeoutMs = 2_000

export type SocketGateway = Gateway & {
  /** Takes over an open WebSocket and tells the relay. `raw` is the stream under it. */
  add(socket: WebSocket, raw: Duplex, claims: TicketClaims, relay: Relay): void
  size(): number
  /** Closes every connection after what was sent to it, and resolves when all are gone. */
  closeAll(code: number, reason: string): Promise<void>
}

type Connection = {
  readonly socket: WebSocket
  readonly raw: Duplex
  readonly join: (frame: Uint8Array) => Uint8Array | null
  /** What it is to be told at the end of this turn. */
  bundle: Bundle | null
  /** Whether it was told anything: the welcome says that it may be told binary, and goes as text. */
  greeted: boolean
}

/** `report` is told of our own bugs: each costs the connection it showed on. */
export function createSocketGateway(report: (failure: unknown) => void): SocketGateway {
  const connections = new Map<string, Connection>()
  let count = 0
  let chunks = 0
  let told: Connection[] = []
  let turn = emptyBundle()
  let whenEmpty: (() => void) | null = null
  const nextChunkId = (): number => ++chunks

  const flush = (): void => {
    const flushed = told
    told = []
    turn = emptyBundle()
    for (const connection of flushed) {
      const { bundle } = connection
      connection.bundle = null
      if (bundle === null) continue
      try {
        write(connection, bundle, nextChunkId)
      } catch (failure) {
        report(failure)
        connection.socket.terminate()
      }
    }
  }

  const remove = (id: string): void => {
    connections.delete(id)
    if (connections.size === 0) whenEmpty?.()
  }

  return {
    send(id, message) {
      const connection = connections.get(id)
      if (connection === undefined) return
      if (!connection.greeted) return greet(connection, message)
      if (connection.bundle === null) {
        if (told.length === 0) setImmediate(flush)
        told.push(connection)
      }
      connection.bundle = extendBundle(connection.bundle ?? turn, message)
    },
    close(id, code, reason) {
      const connection = connections.get(id)
      if (connection === undefined) return
      // What was said before goes out before.
      const { bundle } = connection
      connection.bundle = null
      if (bundle !== null) write(connection, bundle, nextChunkId)
      connection.socket.close(code, reason)
    },
    add(socket, raw, claims, relay) {
      const id = String(++count)
      const join = createChunkJoiner(chunksToRelayMax)
      const connection = { socket, raw, join, bundle: null, greeted: false }
      connections.set(id, connection)
      socket.on('message', (data: Buffer, binary: boolean) => {
        if (socket.readyState === socket.OPEN) receive(connection, id, data, binary, relay)
      })
      socket.on('close', () => {
        remove(id)
        relay.disconnect(id)
      })
      // What a socket dies of (reset, a frame that is none) is no failure of ours; `close` follows.
      socket.on('error', () => undefined)
      relay.connect(id, claims)
    },
    size: () => connections.size,
    async closeAll(code, reason) {
      if (connections.size === 0) return
      const emptied = new Promise<void>((resolve) => (whenEmpty = resolve))
      for (const id of connections.keys()) this.close(id, code, reason)
      await emptied
    }
  }
}

function receive(
  connection: Connection,
  id: string,
  data: Buffer,
  binary: boolean,
  relay: Relay
): void {
  try {
    const frame = connection.join(binary ? data : fromText(data.toString('latin1')))
    if (frame === null) return
    for (const message of decodeClientFrame(frame)) relay.receive(id, message)
  } catch (failure) {
    if (!(failure instanceof ProtocolError)) throw failure
    connection.socket.close(closeCodes.badFrame, failure.code)
  }
}

/** The first message, alone and as text: what follows it may be binary. */
function greet(connection: Connection, message: Uint8Array): void {
  connection.greeted = true
  const { socket } = connection
  if (socket.readyState === socket.OPEN) socket.send(toText(joinFrame([message])))
}

function write(connection: Connection, bundle: Bundle, nextChunkId: () => number): void {
  const { socket, raw } = connection
  if (socket.readyState !== socket.OPEN) return
  if (raw.writableLength > unreadBytesMax) {
    socket.close(closeCodes.tooSlow, 'too slow')
    return
  }
  bundle.packets ??= framesOf(messagesOf(bundle), nextChunkId).flatMap(binaryPacket)
  // Straight to the stream: `ws` writes synchronously too, so frames of both cannot mix.
  // Corked, so that the pieces of a large message cost one call of the system.
  if (bundle.packets.length > 1) raw.cork()
  for (const packet of bundle.packets) raw.write(packet)
  if (bundle.packets.length > 1) raw.uncork()
}
