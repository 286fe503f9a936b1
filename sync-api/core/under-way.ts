// What a relay does that nobody waits for: whoever must not stop in the middle of it waits here.

export type UnderWay = {
  /** Takes part in what is under way until it settles. */
  add(work: Promise<unknown>): void
  isEmpty(): boolean
  /** Resolves when nothing is under way any more. */
  rest(): Promise<void>
}

export function createUnderWay(): UnderWay {
  const all = new Set<Promise<unknown>>()
  return {
    add(work) {
      all.add(work)
      const forget = (): void => void all.delete(work)
      work.then(forget, forget)
    },
    isEmpty: () => all.size === 0,
    async rest() {
      while (all.size > 0) await Promise.allSettled(all)
    }
  }
}
