// Connections that wanted a document without a right to it: told when their person gets one.
import type { DocumentId } from '../protocol/ids'
import { subscriptionsPerConnectionMax } from '../protocol/limits'
import type { Connection } from './subscription'

export type TurnedAway = {
  /** The connection asked for the document in vain, or has lost its right to it. */
  add(connection: Connection, document: DocumentId): void
  /** It asks no more: it was let in, or left. Answers whether it did. */
  remove(connection: Connection, document: DocumentId): boolean
  of(document: DocumentId): readonly Connection[]
  /** What the connection asked for in vain. */
  askedBy(connection: Connection): readonly DocumentId[]
  /** The connection has ended. */
  end(connection: Connection): void
}

export function createTurnedAway(): TurnedAway {
  const waiting = new Map<DocumentId, Set<Connection>>()
  const asked = new Map<Connection, Set<DocumentId>>()

  function remove(connection: Connection, document: DocumentId): boolean {
    const own = asked.get(connection)
    if (own?.delete(document) !== true) return false
    if (own.size === 0) asked.delete(connection)
    const those = waiting.get(document)
    those?.delete(connection)
    if (those?.size === 0) waiting.delete(document)
    return true
  }

  return {
    add(connection, document) {
      const own = asked.get(connection) ?? new Set()
      // Whoever asks for more than may be subscribed hears of the rest when it comes again.
      if (own.size >= subscriptionsPerConnectionMax) return
      asked.set(connection, own.add(document))
      waiting.set(document, (waiting.get(document) ?? new Set()).add(connection))
    },
    remove,
    of: (document) => [...(waiting.get(document) ?? [])],
    askedBy: (connection) => [...(asked.get(connection) ?? [])],
    end(connection) {
      for (const document of asked.get(connection) ?? []) remove(connection, document)
    }
  }
}
