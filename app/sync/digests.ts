// Whether what this device holds of the documents people look at is what the relay holds: asked by digest
// when they are at rest, so that two copies that silently became different do not stay so.
import type { DocumentId } from '../../sync-api/protocol/ids'
import type { ClientMessage } from '../../sync-api/protocol/messages'
import { digestsSince } from '../../sync-api/protocol/version'
import type { Notices } from '../store/notices'
import type { DigestStore, SyncStore } from '../store/ports'
import type { SyncClock } from './surroundings'

/** How long a document is at rest before it is compared, ms: nobody waits for it. */
export const restMs = 10_000

/** Between two documents, ms: those that came to rest together are not read, here and there, in one go. */
export const betweenMs = 1_000

/** Between two comparisons of a document, ms: each reads all of it, here and at the relay. */
export const compareEveryMs = 120_000

export type Digests = {
  /** The relay speaks this version. */
  welcome(protocol: number): void
  /** Something happened to the document, or somebody looks at it again. */
  moved(document: DocumentId): void
  /** The relay's log holds something else. */
  differs(document: DocumentId): void
  down(): void
}

export type DigestsOptions = {
  readonly store: DigestStore & Pick<SyncStore, 'doubt'>
  readonly notices: Pick<Notices, 'tell'>
  readonly clock: SyncClock
  /** Whether people look at it and everything of it is acknowledged and stored. */
  readonly isAtRest: (document: DocumentId) => boolean
  readonly say: (message: ClientMessage) => void
  /** A copy differed, or could not be read; for the log, without content. */
  readonly onFailure: (cause: unknown) => void
}

export function createDigests(options: DigestsOptions): Digests {
  const { store, notices, clock, isAtRest, say, onFailure } = options
  const timers = new Map<DocumentId, () => void>()
  const askedAt = new Map<DocumentId, number>()
  /** Those that were compared anew with the log: once, or a difference that stays would cost it for ever. */
  const compared = new Set<DocumentId>()
  let answers = false
  let last: Promise<void> = Promise.resolve()

  function moved(document: DocumentId): void {
    timers.get(document)?.()
    timers.delete(document)
    if (!answers || !isAtRest(document)) return
    const due = () => {
      timers.delete(document)
      last = last
        .then(() => ask(document))
        .catch(onFailure)
        .then(pause)
    }
    timers.set(document, clock.after(waitMs(document), due))
  }

  function waitMs(document: DocumentId): number {
    const before = askedAt.get(document)
    // A clock that was set back must not put it off for long.
    const left = before === undefined ? 0 : before + compareEveryMs - clock.now()
    return Math.max(restMs, Math.min(left, compareEveryMs))
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => clock.after(betweenMs, resolve))
  }

  async function ask(document: DocumentId): Promise<void> {
    if (!isAtRest(document)) return
    askedAt.set(document, clock.now())
    const ref = { document, channel: 'content' } as const
    const found = await store.digest(ref)
    if (found !== null && answers && isAtRest(document)) say({ type: 'digest', ...ref, ...found })
  }

  async function compareAnew(document: DocumentId): Promise<void> {
    const ref = { document, channel: 'content' } as const
    await store.doubt(ref)
    notices.tell({ kind: 'damaged', ref })
  }

  return {
    welcome(protocol) {
      answers = protocol >= digestsSince
    },
    moved,
    differs(document) {
      // Nobody asked: the relay is not to say when a document is read anew.
      if (!askedAt.has(document)) return
      const again = compared.has(document)
      onFailure(new Error(`A copy ${again ? 'still ' : ''}differs from the log of ${document}`))
      if (again) return
      compared.add(document)
      compareAnew(document).catch((cause: unknown) => {
        compared.delete(document)
        onFailure(cause)
      })
    },
    down() {
      for (const cancel of timers.values()) cancel()
      timers.clear()
    }
  }
}
