// Work that goes on at once, part of which is done in the order in which it was asked for.

/** Runs `work` at once; `turn` resolves when all that was asked for earlier under the same key has ended, well or not. */
export type InTurn = <T>(key: string, work: (turn: Promise<void>) => Promise<T>) => Promise<T>

export function createTurns(): InTurn {
  const last = new Map<string, Promise<void>>()
  return async (key, work) => {
    const turn = last.get(key) ?? Promise.resolve()
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const mine = turn.then(() => ended)
    last.set(key, mine)
    try {
      return await work(turn)
    } finally {
      end()
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
