// Checkpoints of several regions as one: each holds what its region had, and together they hold it all.
import * as Y from 'yjs'
import type { StoredCheckpoint } from '../../core/checkpoint-bytes'
import type { OutboxId, PersonId } from '../../protocol/ids'

/** Null of none. */
export function mergeCheckpoints(stored: readonly StoredCheckpoint[]): StoredCheckpoint | null {
  const [first] = stored
  if (first === undefined || stored.length === 1) return first ?? null
  const authors = new Map<number, PersonId>()
  const outboxes = new Map<OutboxId, number>()
  for (const one of stored) {
    for (const [client, person] of one.checkpoint.authors) authors.set(client, person)
    for (const [outbox, n] of one.outboxes) {
      outboxes.set(outbox, Math.max(n, outboxes.get(outbox) ?? 0))
    }
  }
  const checkpoints = stored.map(({ checkpoint }) => checkpoint)
  const update = Y.mergeUpdates(checkpoints.map((one) => one.update))
  const firstAt = Math.min(...checkpoints.map((one) => one.firstAt))
  const lastAt = Math.max(...checkpoints.map((one) => one.lastAt))
  return { checkpoint: { update, authors, firstAt, lastAt }, outboxes }
}
