// The directory on disk: lmdb, with an index by expiry so that what ran out does not pile up.
import { open } from 'lmdb'
import type { Directory } from '../../core/ports'
import type { Disk } from './disk-room'
import { transact, type Write } from './transaction'

export type LmdbDirectory = Directory & { close(): Promise<void> }

type Fact = { readonly value: string; readonly expiresAt: number | null }
type ExpiryKey = [expiresAt: number, key: string]

/** Facts that ran out and are removed at each put: more than one, so that they never grow. */
const removedPerPutMax = 16

/** Opens or makes the directory in a file. The caller sees to it that no other process has it. */
export function openLmdbDirectory(file: string, disk: Disk): LmdbDirectory {
  const root = open({ path: file, noSubdir: true })
  const facts = root.openDB<Fact, string>({ name: 'facts', encoding: 'json' })
  const expiries = root.openDB<boolean, ExpiryKey>({ name: 'expiries', encoding: 'json' })
  /** Keys being removed: still on disk, and already somebody's. */
  const taken = new Set<string>()

  function find(key: string, now: number): string | null {
    const fact = taken.has(key) ? undefined : facts.get(key)
    if (fact === undefined) return null
    if (typeof fact.value !== 'string') throw new Error(`The directory is damaged at ${key}`)
    return fact.expiresAt !== null && fact.expiresAt <= now ? null : fact.value
  }

  function removeExpired(before: number, written: (promise: Promise<boolean>) => void): void {
    const range = { start: [0, ''] as ExpiryKey, end: [before, ''] as ExpiryKey }
    for (const expiry of expiries.getKeys({ ...range, limit: removedPerPutMax })) {
      const [expiresAt, key] = expiry
      // The key may have been put again since, to last longer.
      if (facts.get(key)?.expiresAt === expiresAt) written(facts.remove(key))
      written(expiries.remove(expiry))
    }
  }

  return {
    async put(key, value, expiresAt) {
      await transact(root, disk, {
        rows: 2 + 2 * removedPerPutMax,
        bytes: key.length + value.length,
        apply(written) {
          // Whatever expires later than this put has not run out at it.
          if (expiresAt !== null) removeExpired(expiresAt - longestLifeMs, written)
          written(facts.put(key, { value, expiresAt }))
          if (expiresAt !== null) written(expiries.put([expiresAt, key], true))
        }
      })
    },

    async get(key, now) {
      return find(key, now)
    },

    async take(key, now) {
      const value = find(key, now)
      if (taken.has(key)) return null
      taken.add(key)
      try {
        const apply: Write['apply'] = (written) => written(facts.remove(key))
        await transact(root, disk, { rows: 1, bytes: 0, apply })
      } finally {
        taken.delete(key)
      }
      return value
    },

    close: () => root.close()
  }
}

/** No fact that expires lives longer than this after it was put, ms: a day. */
const longestLifeMs = 24 * 60 * 60_000
