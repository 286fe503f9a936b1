// The directory in memory.
import type { Directory } from '../../core/ports'

type Fact = { readonly value: string; readonly expiresAt: number | null }

export function createMemoryDirectory(): Directory {
  const facts = new Map<string, Fact>()

  function find(key: string, now: number): string | null {
    const fact = facts.get(key)
    if (fact === undefined) return null
    return fact.expiresAt !== null && fact.expiresAt <= now ? null : fact.value
  }

  return {
    async put(key, value, expiresAt) {
      facts.set(key, { value, expiresAt })
    },
    async get(key, now) {
      return find(key, now)
    },
    async take(key, now) {
      const value = find(key, now)
      facts.delete(key)
      return value
    }
  }
}
