// How a copy takes in many updates at once, past two faults of Yjs; without Yjs itself, which nothing here depends on.
import { sameBytes } from './bytes'

/** What is used of Yjs. */
export type Yjs<Doc> = {
  transact(doc: Doc, run: () => void, origin: unknown, local: boolean): void
  applyUpdate(doc: Doc, update: Uint8Array, origin: unknown): void
  applyUpdateV2(doc: Doc, update: Uint8Array, origin: unknown): void
}

/** A Y.Doc, as far as it is needed: what waits in it for something it builds on. */
export type Waiting = { readonly store: { pendingStructs: { readonly update: Uint8Array } | null } }

/** An update, by its place in what was given, that Yjs cannot read, and what it threw. */
export type NotTaken = { readonly at: number; readonly cause: unknown }

/**
 * Takes in `updates` as one transaction of `origin`, not local, since each of its own would look at every client there is; answers
 * those that cannot be taken.
 *
 * Within a transaction what was deleted is not collected yet. There Yjs 13.6 throws at a run of insertions that begins in
 * something it was given as collected already (`Item.integrate` takes its left neighbour for an item). All are taken once more after
 * the transaction then, and again while that helps: what is there already changes nothing.
 *
 * Of insertions that wait for something it remembers one clock a client (`missing` in `integrateStructs`), and where a later
 * insertion of that client waits as well, that one's. Then what builds on an earlier one goes on waiting when that has come, and
 * two copies with the same updates differ. So what waits is taken in again, while that helps.
 */
export function takeIn<Doc extends Waiting>(
  yjs: Yjs<Doc>,
  doc: Doc,
  updates: readonly Uint8Array[],
  origin: unknown
): readonly NotTaken[] {
  for (let before = Infinity; ;) {
    const failed: NotTaken[] = []
    const takeEach = (): void => {
      for (const [at, update] of updates.entries()) {
        try {
          yjs.applyUpdate(doc, update, origin)
        } catch (cause) {
          failed.push({ at, cause })
        }
      }
    }
    yjs.transact(doc, takeEach, origin, false)
    takeWaiting(yjs, doc, origin)
    if (failed.length === 0 || failed.length >= before) return failed
    before = failed.length
  }
}

function takeWaiting<Doc extends Waiting>(yjs: Yjs<Doc>, doc: Doc, origin: unknown): void {
  const { store } = doc
  for (let before = store.pendingStructs; before !== null;) {
    store.pendingStructs = null
    try {
      yjs.applyUpdateV2(doc, before.update, origin)
    } catch {
      // Yjs says so where it cannot take an update; what had been waiting stays, and is lost to nobody.
      store.pendingStructs = before
      return
    }
    const left = store.pendingStructs as Waiting['store']['pendingStructs']
    if (left !== null && sameBytes(left.update, before.update)) return
    before = left
  }
}
