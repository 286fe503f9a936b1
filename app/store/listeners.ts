// A set of listeners that may come and go while they are being called.

export type Listeners<T> = {
  /** Answers the stop. */
  add(listener: (value: T) => void): () => void
  /** Calls every one, also after one has thrown; the first exception comes out at the end. */
  call(value: T): void
  clear(): void
}

export function createListeners<T>(): Listeners<T> {
  const all = new Set<{ listener: (value: T) => void }>()
  return {
    add(listener) {
      const entry = { listener }
      all.add(entry)
      return () => void all.delete(entry)
    },
    call(value) {
      const thrown: unknown[] = []
      for (const { listener } of [...all]) {
        try {
          listener(value)
        } catch (cause) {
          thrown.push(cause)
        }
      }
      if (thrown.length > 0) throw thrown[0]
    },
    clear: () => all.clear()
  }
}
