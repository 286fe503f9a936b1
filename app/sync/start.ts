// Puts the network side of a tab together: what it shows, who leads, and the exchange of the leader.
import type { DocumentId, PersonId, TabId } from '../../sync-api/protocol/ids'
import type { Catalogue } from '../store/catalogue'
import type { Notice, Notices } from '../store/notices'
import type { DigestStore, SyncStore } from '../store/ports'
import { createConnection } from './connection'
import { createExchange } from './exchange'
import { createKnownDocuments } from './known-documents'
import { holdTabLock, startLeadership, watchTab } from './leader'
import { createPost } from './post'
import type { AskTicket, Page, SyncClock } from './surroundings'
import { createWebSockets } from './web-socket'
import { startWorkerCalls, type WorkerCall } from './worker-calls'

export type SyncOptions = {
  readonly person: PersonId
  readonly tab: TabId
  readonly store: SyncStore & DigestStore
  readonly catalogue: Pick<Catalogue, 'list' | 'change'>
  readonly notices: Notices
  readonly page: Page
  readonly ticket: AskTicket
  /** Name of this release, told in the hello; at most 64 bytes. */
  readonly release: string
  /** Of the relay: `location.origin`. */
  readonly origin: string
  /** To the service worker, if there is one. */
  readonly callWorker: (message: WorkerCall) => void
  /** Something of our own went wrong; for the log, without content. */
  readonly onFailure: (cause: unknown) => void
}

export type Sync = {
  /** The documents this tab shows, the one in front first; they go before all others. */
  show(documents: readonly DocumentId[]): void
  /** Whether this tab syncs for the others, at this moment. */
  leads(): boolean
  stop(): void
}

/** Time and chance of the browser. */
const clock: SyncClock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random()
}

export function startSync(options: SyncOptions): Sync {
  const { person, tab, page, notices, store, onFailure } = options
  const locks = 'locks' in navigator ? navigator.locks : null
  let leading = false
  const takeLead = (): (() => void) => {
    const letGo = lead(options, locks)
    leading = true
    return () => {
      leading = false
      letGo()
    }
  }
  const stops = [
    startWorkerCalls({ tab, notices, store, page, clock, call: options.callWorker, onFailure }),
    startLeadership({ person, tab, locks, notices, page, clock, lead: takeLead })
  ]
  if (locks !== null) stops.push(holdTabLock(locks, tab))

  let documents: readonly DocumentId[] = []
  const tell = (): void =>
    notices.tell({ kind: 'shows', tab, documents, visible: page.isVisible() })
  stops.push(
    notices.listen((notice) => notice.kind === 'who-is-there' && tell()),
    page.listen((event) => {
      if (event === 'visible' || event === 'hidden') tell()
      // It had said goodbye: everybody tells again where they are, this tab too.
      if (event === 'back') notices.tell({ kind: 'who-is-there' })
      if (event === 'leaving') leave(notices, tab, documents)
    })
  )
  tell()

  return {
    show(shown) {
      documents = shown
      tell()
    },
    leads: () => leading,
    stop() {
      leave(notices, tab, documents)
      for (const stop of stops) stop()
    }
  }
}

function leave(notices: Notices, tab: TabId, documents: readonly DocumentId[]): void {
  for (const document of documents) notices.tell({ kind: 'present', document, tab, state: null })
  notices.tell({ kind: 'shows', tab, documents: [], visible: false })
}

/** Syncs for every tab of this browser; answers how to let go. */
function lead(options: SyncOptions, locks: LockManager | null): () => void {
  const { store, page, ticket, release, onFailure, tab } = options
  const notices = locks === null ? onlyOwn(options.notices, tab) : options.notices
  const exchange = createExchange({
    store,
    notices,
    documents: createKnownDocuments(options.person, options.catalogue),
    connect: (listener) =>
      createConnection({
        openSocket: createWebSockets(options.origin),
        ticket,
        release,
        clock,
        page,
        later: queueMicrotask,
        listener
      }),
    post: createPost(ticket, options.origin),
    clock,
    later: queueMicrotask,
    onFailure
  })
  const watched = new Map<TabId, () => void>()
  const stopListening = notices.listen((notice) => {
    if (locks === null || notice.kind !== 'shows' || notice.tab === tab) return
    if (watched.has(notice.tab)) return
    const gone = notice.tab
    watched.set(
      gone,
      watchTab(locks, gone, () => {
        watched.delete(gone)
        exchange.forgetTab(gone)
      })
    )
  })
  exchange.start().catch(onFailure)
  return () => {
    stopListening()
    for (const stop of watched.values()) stop()
    exchange.stop()
  }
}

/** Without Web Locks every tab leads: each speaks for itself, or the relay would hear all twice. */
function onlyOwn(notices: Notices, tab: TabId): Notices {
  const others = (notice: Notice): boolean =>
    (notice.kind === 'present' || notice.kind === 'shows') && notice.tab !== tab
  return {
    ...notices,
    listen: (listener) => notices.listen((notice) => !others(notice) && listener(notice))
  }
}
