// What the relay says to connections while an event is handled: kept until the function says it.
import type { ConnectionId, Gateway } from '../../core/ports'

export type Outboxes = {
  readonly gateway: Gateway
  /** What was said to the connection since, in order, and whether it was closed; forgets it. */
  take(connection: ConnectionId): Said
}

export type Said = { readonly messages: readonly Uint8Array[]; readonly closed: boolean }

export function createOutboxes(): Outboxes {
  const said = new Map<ConnectionId, Uint8Array[]>()
  const closed = new Set<ConnectionId>()
  return {
    gateway: {
      send(connection, message) {
        const messages = said.get(connection) ?? []
        messages.push(message)
        said.set(connection, messages)
      },
      close: (connection) => void closed.add(connection)
    },
    take(connection) {
      const messages = said.get(connection) ?? []
      said.delete(connection)
      return { messages, closed: closed.delete(connection) }
    }
  }
}
