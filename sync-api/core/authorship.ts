// What only the relay knows of a push: who sent it, when, and which client ids it inserts under.
import { clientIdOf, type PersonId } from '../protocol/ids'
import type { Push } from '../protocol/messages'
import { clientIdsCachedMax } from './limits'
import { createLru } from './lru'
import type { Clock, NewEntry } from './ports'
import type { Receipts } from './receipts'
import { BadUpdate } from './update-faults'
import { scanUpdate } from './update-scan'

/** A push as an entry to append. */
export type Written = {
  readonly entry: NewEntry
  /** Whether its receipt shows that the log has had it: then it is taken from whoever may write. */
  readonly vouched: boolean
}

/** Makes log entries of pushes. */
export function createAuthorship(
  clock: Clock,
  receipts: Receipts
): (push: Push, person: PersonId) => Written {
  // A writer sends many pushes, and its client id costs a hash.
  const clients = createLru<string, number>(clientIdsCachedMax)

  function clientsOf(push: Push, person: PersonId): readonly number[] {
    return push.writers.map((writer) => {
      const key = `${push.document}/${push.channel}/${person}/${writer}`
      const known = clients.get(key)
      if (known !== undefined) return known
      const id = clientIdOf(push, person, writer)
      clients.set(key, id)
      return id
    })
  }

  return (push, person) => {
    const { outbox, n, update } = push
    const at = clock.now()
    const vouched = receipts.read(push)
    if (vouched === null) {
      const entry = { outbox, n, update, person, clients: clientsOf(push, person), at }
      return { entry, vouched: false }
    }
    const own = vouched.own ? insertedBy(update) : []
    return { entry: { outbox, n, update, person: vouched.person, clients: own, at }, vouched: true }
  }
}

/** The client ids an update inserts under; none of what is no update, which the check refuses. */
function insertedBy(update: Uint8Array): readonly number[] {
  try {
    return scanUpdate(update, 'pushed').lanes.map(({ client }) => client)
  } catch (cause) {
    if (cause instanceof BadUpdate) return []
    throw cause
  }
}
