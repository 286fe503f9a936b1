// What only the relay knows of a push: who sent it, when, and which client ids it inserts under.
import { clientIdOf, type PersonId } from '../protocol/ids'
import type { Push } from '../protocol/messages'
import { clientIdsCachedMax } from './limits'
import { createLru } from './lru'
import type { Clock, NewEntry } from './ports'

/** Makes log entries of pushes. */
export function createAuthorship(clock: Clock): (push: Push, person: PersonId) => NewEntry {
  // A writer sends many pushes, and its client id costs a hash.
  const clients = createLru<string, number>(clientIdsCachedMax)
  return (push, person) => {
    const { outbox, n, update } = push
    const ids = push.writers.map((writer) => {
      const key = `${push.document}/${push.channel}/${person}/${writer}`
      const known = clients.get(key)
      if (known !== undefined) return known
      const id = clientIdOf(push, person, writer)
      clients.set(key, id)
      return id
    })
    return { outbox, n, update, person, clients: ids, at: clock.now() }
  }
}
