// The client ids that an update names: those it inserts under, builds on, or deletes of.
import { BadUpdate } from './update-faults'
import { none, scanUpdate } from './update-scan'

/** Of a stored update; none of what is no update. */
export function namedClients(update: Uint8Array): ReadonlySet<number> {
  const named = new Set<number>()
  try {
    const { lanes, deletes } = scanUpdate(update, 'stored')
    for (const client of deletes.keys()) named.add(client)
    for (const { client, structs } of lanes) {
      named.add(client)
      for (const { leftClient, rightClient, parentClient } of structs) {
        for (const other of [leftClient, rightClient, parentClient]) named.add(other)
      }
    }
  } catch (cause) {
    if (!(cause instanceof BadUpdate)) throw cause
  }
  named.delete(none)
  return named
}
