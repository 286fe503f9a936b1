// Sends what waits in the outboxes of this device, with no page open: from the store, by HTTP.
import { createTickets } from '../app/identity/ticket'
import { currentIdentity, identityOf, type DeviceIdentity } from '../app/identity/keys'
import { openCatalogue } from '../app/store/catalogue'
import { openNotices } from '../app/store/channel-notices'
import { databaseName, openDatabase, type MeridianDatabase } from '../app/store/database'
import { keepLife } from '../app/store/lives'
import type { Notices } from '../app/store/notices'
import { openSyncStore } from '../app/store/sync-store'
import { createHttpSync } from '../app/sync/http-sync'
import { createKnownDocuments } from '../app/sync/known-documents'
import { syncLock } from '../app/sync/leader'
import { createPost, DocumentFailure } from '../app/sync/post'
import type { DocumentId } from '../sync-api/protocol/ids'

/** Documents fetched beside those with something unsent, the latest edited: each is a call or two. */
const freshenedMax = 20

/** How long to wait for a tab that leads, ms: one that closes is gone sooner, one that stays syncs. */
const lockWaitMsMax = 5_000

/**
 * Answers a function that syncs every document with something unsent. It rejects with an Error when
 * something stays unsent. Runs asked for while one is under way share the one after it.
 */
export function createDrain(worker: ServiceWorkerGlobalScope): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null

  function start(): Promise<void> {
    next = null
    running ??= drainOnce(worker).finally(() => {
      running = null
    })
    return running
  }

  return () => {
    if (running === null) return start()
    // The one under way may have looked before there was this document, or this network: to share its
    // failure would cost the browser's call, and the next comes minutes later.
    next ??= running.then(start, start)
    return next
  }
}

async function drainOnce(worker: ServiceWorkerGlobalScope): Promise<void> {
  // Opened anew each time: a worker sleeps between events, and must not hold up a page's upgrade.
  const database = openDatabase(() => database.close())
  const life = keepLife(database, reportError)
  const notices = openNotices(databaseName)
  const giveWay = untilTabSpeaks(notices)
  try {
    const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
    const store = openSyncStore(database, { random, now: () => Date.now() })
    const pending = await store.pending()
    const unsent = pending.filter(({ channel }) => channel === 'content')
    const identity = unsent.length === 0 ? null : await knownIdentity(database)
    if (identity === null) return
    const known = createKnownDocuments(identity.person, openCatalogue(database))
    const all = await known.list()
    const sync = createHttpSync({
      store,
      notices,
      post: postOf(worker, identity, giveWay),
      nonceOf: known.nonceOf
    })
    const syncOne = (document: DocumentId): Promise<void> =>
      inTurn(worker, identity, giveWay, () => sync.sync(document))
    const sent = unsent.map(({ document }) => document)
    await syncAll(sent, syncOne)
    await freshen(
      all.filter((document) => !sent.includes(document)),
      syncOne
    )
  } finally {
    notices.close()
    await life.end()
    database.close()
  }
}

/** One whose relay refuses it keeps no other back; it rejects when all others are through. */
async function syncAll(
  documents: readonly DocumentId[],
  sync: (document: DocumentId) => Promise<void>
): Promise<void> {
  const refused: DocumentFailure[] = []
  for (const document of documents) {
    try {
      await sync(document)
    } catch (cause) {
      if (!(cause instanceof DocumentFailure)) throw cause
      refused.push(cause)
    }
  }
  if (refused[0] !== undefined) throw refused[0]
}

/** Fetches what others wrote, so that the next open shows it without a network. */
async function freshen(
  documents: readonly DocumentId[],
  sync: (document: DocumentId) => Promise<void>
): Promise<void> {
  try {
    await syncAll(documents.slice(0, freshenedMax), sync)
  } catch (cause) {
    // What was to be sent has been: that is what the browser called for, and it must not call again.
    if (!(cause instanceof Error)) throw cause
  }
}

/**
 * Aborted when a visible tab says that it is there: it syncs everything by itself, and must not wait
 * for a call of ours that hangs in a network that went away.
 */
function untilTabSpeaks(notices: Notices): AbortSignal {
  const speaking = new AbortController()
  notices.listen((notice) => {
    // One that closes says that it is hidden: what it left behind is for the worker to send.
    if (notice.kind === 'shows' && notice.visible) speaking.abort(tabSyncs())
  })
  return speaking.signal
}

function tabSyncs(): Error {
  return new Error('A tab syncs')
}

/** The worker makes no identity: a device that never opened the app has nothing to send. */
async function knownIdentity(database: MeridianDatabase): Promise<DeviceIdentity | null> {
  const row = await database.keys.get(currentIdentity)
  return row === undefined ? null : identityOf(row)
}

function postOf(worker: ServiceWorkerGlobalScope, identity: DeviceIdentity, giveWay: AbortSignal) {
  const { origin } = worker.location
  const fetch: typeof worker.fetch = (input, init) => {
    const signals = [giveWay, init?.signal ?? null].filter((signal) => signal !== null)
    return worker.fetch(input, { ...init, signal: AbortSignal.any(signals) })
  }
  const ask = createTickets({ identity, fetch, origin, now: () => Date.now() })
  return createPost(ask, origin, fetch)
}

/**
 * Under the lock of whoever syncs, one document at a time, so that a page that opens waits for no
 * more than that. It saves work; numbers make sending twice harmless.
 */
async function inTurn(
  worker: ServiceWorkerGlobalScope,
  { person }: DeviceIdentity,
  giveWay: AbortSignal,
  work: () => Promise<void>
): Promise<void> {
  const { locks } = worker.navigator
  if (locks === undefined) return work()
  const name = syncLock(person)
  const signal = AbortSignal.any([giveWay, AbortSignal.timeout(lockWaitMsMax)])
  await locks.request(name, { signal }, async () => {
    // Only a tab asks for it as well, and leads as soon as this one is through.
    const { pending } = await locks.query()
    if (pending?.some((request) => request.name === name) === true) throw tabSyncs()
    await work()
  })
}
