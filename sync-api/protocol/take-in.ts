// How a copy takes in many updates at once, past a fault of Yjs; without Yjs itself, which nothing here depends on.

/** A Y.Doc, as far as it is needed: `apply` is `Y.applyUpdate`. */
export type TakingIn = {
  /** Runs as one transaction. */
  together(run: () => void): void
  apply(update: Uint8Array): void
}

/** An update, by its place in what was given, that Yjs cannot read, and what it threw. */
export type NotTaken = { readonly at: number; readonly cause: unknown }

/**
 * Takes in `updates` as one transaction, since each of its own would look at every client there is; answers those that cannot be taken.
 *
 * Within a transaction what was deleted is not collected yet. There Yjs 13.6 throws at a run of insertions that begins in
 * something it was given as collected already (`Item.integrate` takes its left neighbour for an item). All are taken once more after
 * the transaction then, and again while that helps: what is there already changes nothing.
 */
export function takeIn(copy: TakingIn, updates: readonly Uint8Array[]): readonly NotTaken[] {
  for (let before = Infinity; ;) {
    const failed: NotTaken[] = []
    copy.together(() => {
      for (const [at, update] of updates.entries()) {
        try {
          copy.apply(update)
        } catch (cause) {
          failed.push({ at, cause })
        }
      }
    })
    if (failed.length === 0 || failed.length >= before) return failed
    before = failed.length
  }
}
