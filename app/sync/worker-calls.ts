// Tells the service worker which documents wait to be sent, in case this tab cannot do it any more.
import type { DocumentId, TabId } from '../../sync-api/protocol/ids'
import type { ConnectionState, Notices } from '../store/notices'
import type { SyncStore } from '../store/ports'
import type { Page, SyncClock } from './surroundings'

/** How long a document may wait before the worker hears of it, ms: online, acks come sooner. */
export const waitMsMax = 2_000

export type WorkerCall =
  | { readonly type: 'outbox-filled'; readonly documents: readonly DocumentId[] }
  | { readonly type: 'drain' }

export type WorkerCallsOptions = {
  readonly tab: TabId
  readonly notices: Notices
  readonly store: Pick<SyncStore, 'pending'>
  readonly page: Page
  readonly clock: SyncClock
  /** To the worker, if there is one. */
  readonly call: (message: WorkerCall) => void
  readonly onFailure: (cause: unknown) => void
}

/**
 * Says `outbox-filled` once for each document until all of it is acknowledged, and `drain` whenever
 * trying may help. Answers the stop.
 */
export function startWorkerCalls(options: WorkerCallsOptions): () => void {
  const { tab, notices, page, clock, call } = options
  const told = new Set<DocumentId>()
  let connection: ConnectionState['kind'] = 'connecting'
  let looking: (() => void) | null = null

  function look(): void {
    looking = null
    options.store.pending().then((refs) => {
      const pending = new Set(refs.map(({ document }) => document))
      for (const document of told) {
        if (!pending.has(document)) told.delete(document)
      }
      const news = [...pending].filter((document) => !told.has(document))
      for (const document of news) told.add(document)
      if (news.length > 0) call({ type: 'outbox-filled', documents: news })
      // Acknowledged later, it must be told again when it fills again.
      if (told.size > 0) lookIn(waitMsMax)
    }, options.onFailure)
  }

  function lookIn(ms: number): void {
    looking ??= clock.after(ms, look)
  }

  const stopListening = notices.listen((notice) => {
    if (notice.kind === 'connection') connection = notice.state.kind
    if (notice.kind !== 'written' || notice.tab !== tab) return
    const { document } = notice.ref
    if (connection === 'online' || told.has(document)) return lookIn(waitMsMax)
    // Offline the tab may be gone any moment, and only the worker comes back by itself.
    told.add(document)
    call({ type: 'outbox-filled', documents: [document] })
    lookIn(waitMsMax)
  })
  const stopWatching = page.listen((event) => {
    if (event !== 'hidden' && event !== 'offline') call({ type: 'drain' })
  })
  call({ type: 'drain' })

  return () => {
    stopListening()
    stopWatching()
    looking?.()
  }
}
