// Tries again later, per document: after the relay or the store said "not now".
import type { DocumentId } from '../../sync-api/protocol/ids'
import { backOffMs } from './back-off'
import type { SyncClock } from './surroundings'

export type Retries = {
  /** Runs `task` after a back-off that grows with every call, but not before `minMs`. */
  later(document: DocumentId, minMs: number, task: () => void): void
  /** Something went well for it: nothing is tried again, and the next wait is short. */
  done(document: DocumentId): void
  clear(): void
}

export function createRetries(clock: SyncClock): Retries {
  const all = new Map<DocumentId, { tries: number; cancel: () => void }>()

  function done(document: DocumentId): void {
    all.get(document)?.cancel()
    all.delete(document)
  }

  return {
    later(document, minMs, task) {
      const before = all.get(document)
      before?.cancel()
      const tries = before?.tries ?? 0
      const waitMs = Math.max(minMs, backOffMs(tries, clock.random()))
      all.set(document, { tries: tries + 1, cancel: clock.after(waitMs, task) })
    },
    done,
    clear() {
      for (const document of [...all.keys()]) done(document)
    }
  }
}
