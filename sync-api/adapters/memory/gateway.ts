// Sockets in memory: keeps what was sent to each connection until it is taken.
import type { ConnectionId, Gateway } from '../../core/ports'
import { decodeServerFrame, joinFrame } from '../../protocol/codec'
import type { ServerMessage } from '../../protocol/messages'

export type MemoryGateway = Gateway & {
  /** What was sent to the connection since it was last asked. */
  take(connection: ConnectionId): ServerMessage[]
  /** The same as it was sent; equal arrays are one encoding shared. */
  takeBytes(connection: ConnectionId): Uint8Array[]
  /** The code a connection was closed with; null while it is open. */
  closedWith(connection: ConnectionId): number | null
}

export function createMemoryGateway(): MemoryGateway {
  const sent = new Map<ConnectionId, Uint8Array[]>()
  const closed = new Map<ConnectionId, number>()

  function takeBytes(connection: ConnectionId): Uint8Array[] {
    const messages = sent.get(connection) ?? []
    sent.delete(connection)
    return messages
  }

  return {
    send(connection, message) {
      const messages = sent.get(connection)
      if (messages === undefined) sent.set(connection, [message])
      else messages.push(message)
    },
    close(connection, code) {
      closed.set(connection, code)
    },
    take: (connection) => decodeServerFrame(joinFrame(takeBytes(connection))),
    takeBytes,
    closedWith: (connection) => closed.get(connection) ?? null
  }
}
