// Checkpoints of several regions as one: each holds what its region had, and together they hold it all.
import { foldUpdates } from '../../core/fold'
import type { PersonId } from '../../protocol/ids'
import type { GlobalCheckpoint } from './checkpoint-rows'
import { createOutboxNumbers } from './outbox-numbers'

/** Null of none. */
export function mergeCheckpoints(stored: readonly GlobalCheckpoint[]): GlobalCheckpoint | null {
  const [first] = stored
  if (first === undefined || stored.length === 1) return first ?? null
  const authors = new Map<number, PersonId>()
  const numbers = createOutboxNumbers()
  for (const { checkpoint, outboxes, ahead } of stored) {
    for (const [client, person] of checkpoint.authors) authors.set(client, person)
    for (const [outbox, n] of outboxes) numbers.learnAll(outbox, n)
    for (const { outbox, n } of ahead) numbers.learn(outbox, n)
  }
  const checkpoints = stored.map(({ checkpoint }) => checkpoint)
  // Through a Y.Doc: merged as bytes, what one lacks and another has could stay a gap.
  const update = foldUpdates(checkpoints.map((one) => one.update))
  const firstAt = Math.min(...checkpoints.map((one) => one.firstAt))
  const lastAt = Math.max(...checkpoints.map((one) => one.lastAt))
  const checkpoint = { update, authors, firstAt, lastAt }
  return { checkpoint, outboxes: numbers.known(), ahead: numbers.ahead() }
}
