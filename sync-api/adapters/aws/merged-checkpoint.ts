// Checkpoints of several regions as one: each holds what its region had, and together they hold it all.
import type { Checkpoint, Folder } from '../../core/ports'
import type { PersonId } from '../../protocol/ids'

/** At least one. */
export async function mergeCheckpoints(
  checkpoints: readonly Checkpoint[],
  fold: Folder['fold']
): Promise<Checkpoint> {
  const [first] = checkpoints
  if (first === undefined) throw new Error('There is no checkpoint to merge')
  if (checkpoints.length === 1) return first
  const authors = new Map<number, PersonId>()
  for (const one of checkpoints) {
    for (const [client, person] of one.authors) authors.set(client, person)
  }
  return {
    // Through a Y.Doc: merged as bytes, what one lacks and another has could stay a gap.
    update: await fold(checkpoints.map(({ update }) => update)),
    authors,
    firstAt: Math.min(...checkpoints.map((one) => one.firstAt)),
    lastAt: Math.max(...checkpoints.map((one) => one.lastAt))
  }
}
