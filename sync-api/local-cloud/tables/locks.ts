// One at a time for each item; others go on side by side.

export type Locks = {
  /** Runs `work` when nobody else holds any of these. */
  hold<T>(ids: readonly string[], work: () => Promise<T>): Promise<T>
}

export function createLocks(): Locks {
  const tails = new Map<string, Promise<void>>()
  return {
    async hold(ids, work) {
      // Entered in one turn, so two that want the same ones never wait for each other.
      const before = ids.map((id) => tails.get(id) ?? Promise.resolve())
      let leave = (): void => undefined
      const held = new Promise<void>((resolve) => (leave = resolve))
      for (const id of ids) tails.set(id, held)
      try {
        await Promise.all(before)
        return await work()
      } finally {
        for (const id of ids) if (tails.get(id) === held) tails.delete(id)
        leave()
      }
    }
  }
}
