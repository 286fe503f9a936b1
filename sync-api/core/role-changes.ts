// Makes changed rights felt at once by everybody who has the document open.
import { channels } from '../protocol/roles'
import type { DocumentId } from '../protocol/ids'
import { mayRead, type Role } from '../protocol/roles'
import { roleOf, type Rights } from '../protocol/rights'
import type { Connection, Subscription } from './subscription'
import type { Documents } from './document'
import type { TurnedAway } from './turned-away'

type Parts = {
  readonly documents: Pick<Documents, 'inUse'>
  readonly turnedAway: TurnedAway
  readonly leave: (subscription: Subscription) => void
}

/**
 * Gives every subscription of the document its role anew; those without a right end. Who was turned
 * away and has a right now is told, to subscribe again.
 */
export function applyRights(document: DocumentId, rights: Rights, parts: Parts): void {
  const { documents, turnedAway, leave } = parts
  const changed = new Map<Connection, Role | null>()
  for (const connection of turnedAway.of(document)) {
    const role = roleOf(rights, connection.person)
    if (role === null) continue
    turnedAway.remove(connection, document)
    changed.set(connection, role)
  }
  for (const name of channels) {
    const channel = documents.inUse({ document, channel: name })
    if (channel === null) continue
    for (const subscription of channel.listeners) {
      const role = roleOf(rights, subscription.connection.person)
      if (role === null) turnedAway.add(subscription.connection, document)
      if (role !== subscription.role) changed.set(subscription.connection, role)
      if (role !== null && mayRead(role, name)) subscription.role = role
      else leave(subscription)
    }
  }
  for (const [connection, role] of changed) {
    connection.answer({ type: 'role-changed', document, role })
  }
}
