// What must hold when everything works again and nothing is left to do.
import { entryZero } from '../../../sync-api/protocol/entry-zero'
import { createKnowledge } from '../knowledge'
import { isPending, replicaOf, stateOf } from '../replica-state'
import { Violation } from '../violation'
import { updateRows } from './region'
import type { RegionsScene } from './scene'
import { storedIn } from './stored'

/** Rows of entries that may be left when all has been folded. */
const leftMax = 3

/** Why it has not come to rest; null when it has. */
export async function unrestOf(scene: RegionsScene): Promise<string | null> {
  const { world, authors, regions, ref } = scene
  const states = new Map<string, string>()
  // What went with its region and its only author may be what something else builds on, which then nobody can show.
  const mayWait = world.counts.destroyed > 0 && authors.some((author) => author.isGone())
  for (const author of authors) {
    if (author.isGone()) continue
    if (!author.isPushed()) return `${author.name} still has something to push`
    if (isPending(author.doc) && !mayWait) return `${author.name} waits for something`
    states.set(author.name, stateOf(author.doc))
  }
  if (new Set(states.values()).size !== 1) return `${[...states.keys()].join(', ')} differ`
  for (const name of regions.keys()) {
    // What stands in its replica, and nothing that its cache remembers.
    const doc = replicaOf(await storedIn(world, name, ref))
    if (isPending(doc) && !mayWait) return `${name} waits for something`
    if (stateOf(doc) !== [...states.values()][0]) return `${name} has another document`
  }
  return null
}

/** What everybody holds is folded and taken out, once there is nobody in the way. */
export async function foldAll({ world, regions, ref }: RegionsScene): Promise<void> {
  const { time } = world
  const until = time.now() + 120_000
  const fold = (): void => {
    for (const region of regions.values()) region.fold(ref)
    if (time.now() < until - 40_000) time.after(20_000, fold)
  }
  fold()
  await time.run(until, () => {
    world.assertSound()
    return false
  })
  for (const name of regions.keys()) {
    const { length } = updateRows(world, name, ref)
    if (length > leftMax) throw new Violation(`${name} keeps ${length} rows of entries`)
  }
}

/** What was acknowledged stands in every region. */
export async function checkEnd(scene: RegionsScene): Promise<void> {
  const { world, authors, regions, ref, acked } = scene
  for (const name of regions.keys()) {
    const stored = createKnowledge([entryZero, ...(await storedIn(world, name, ref))])
    for (const { region, entry } of acked.values()) {
      if (stored.covers(entry.update)) continue
      // Only with its region, and then only if nobody else has it, may it be lost.
      const keeper = authors.find((author) => !author.isGone() && author.has(entry.update))
      if (world.counts.destroyed > 0 && keeper === undefined) continue
      const what = `entry ${entry.n} of ${entry.outbox}, acknowledged by ${region.name}`
      throw new Violation(`${name} lacks ${what}`)
    }
  }
}
