// Sends what waits in the outboxes of this device, with no page open: from the store, by HTTP.
import { createTickets } from '../app/identity/ticket'
import { currentIdentity, identityOf, type DeviceIdentity } from '../app/identity/keys'
import { openCatalogue } from '../app/store/catalogue'
import { openNotices } from '../app/store/channel-notices'
import { databaseName, openDatabase, type MeridianDatabase } from '../app/store/database'
import { openSyncStore } from '../app/store/sync-store'
import { createHttpSync } from '../app/sync/http-sync'
import { createKnownDocuments } from '../app/sync/known-documents'
import { syncLock } from '../app/sync/leader'
import { createPost } from '../app/sync/post'

/** How long to wait for a tab that leads, ms: one that closes is gone sooner, one that stays syncs. */
const lockWaitMsMax = 5_000

/**
 * Answers a function that syncs every document with something unsent. It rejects with an Error when
 * something stays unsent; runs asked for meanwhile share the one under way.
 */
export function createDrain(worker: ServiceWorkerGlobalScope): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= drainOnce(worker).finally(() => {
      running = null
    })
    return running
  }
}

async function drainOnce(worker: ServiceWorkerGlobalScope): Promise<void> {
  // Opened anew each time: a worker sleeps between events, and must not hold up a page's upgrade.
  const database = openDatabase(() => database.close())
  const notices = openNotices(databaseName)
  try {
    const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
    const store = openSyncStore(database, { random, now: () => Date.now() })
    const pending = await store.pending()
    const documents = pending.filter(({ channel }) => channel === 'content')
    const identity = documents.length === 0 ? null : await knownIdentity(database)
    if (identity === null) return
    const known = createKnownDocuments(identity.person, openCatalogue(database))
    await known.list()
    const sync = createHttpSync({
      store,
      notices,
      post: postOf(worker, identity),
      nonceOf: known.nonceOf
    })
    for (const { document } of documents) {
      await inTurn(worker, identity, () => sync.sync(document))
    }
  } finally {
    notices.close()
    database.close()
  }
}

/** The worker makes no identity: a device that never opened the app has nothing to send. */
async function knownIdentity(database: MeridianDatabase): Promise<DeviceIdentity | null> {
  const row = await database.keys.get(currentIdentity)
  return row === undefined ? null : identityOf(row)
}

function postOf(worker: ServiceWorkerGlobalScope, identity: DeviceIdentity) {
  const { origin } = worker.location
  const fetch: typeof worker.fetch = (input, init) => worker.fetch(input, init)
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
  work: () => Promise<void>
): Promise<void> {
  const { locks } = worker.navigator
  if (locks === undefined) return work()
  await locks.request(syncLock(person), { signal: AbortSignal.timeout(lockWaitMsMax) }, work)
}
