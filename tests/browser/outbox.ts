// The service worker's outbox as the browser handles it: what is in its queue, and its call to send.
import type { BrowserContext, Page } from 'playwright-core'

/** Resolves when the worker knows of something to send. */
export function untilQueued(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const name = 'workbox-background-sync'
    // Opened before the worker has made it, it would be made without what is in it.
    while (!(await indexedDB.databases()).some((database) => database.name === name)) {
      await new Promise(requestAnimationFrame)
    }
    const opening = indexedDB.open(name)
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(new Error('The queue did not open'))
    })
    for (;;) {
      const counting = database.transaction('requests').objectStore('requests').count()
      await new Promise((resolve) => (counting.onsuccess = resolve))
      if (counting.result > 0) return
      await new Promise(requestAnimationFrame)
    }
  })
}

/** As the browser does when it finds a network: a sync event, from a page that is none of ours. */
export async function callOutbox(context: BrowserContext, origin: string): Promise<void> {
  const session = await context.newCDPSession(context.pages()[0]!)
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`)
      if (ours !== undefined) resolve(ours.registrationId)
    })
  })
  await session.send('ServiceWorker.enable')
  const registrationId = await registered
  const tag = 'workbox-background-sync:outbox'
  const call = { origin, registrationId, tag, lastChance: false }
  await session.send('ServiceWorker.dispatchSyncEvent', call)
}

/** Resolves when the worker is through with all it was to send. */
export async function untilSent(context: BrowserContext): Promise<void> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  while ((await worker.evaluate(countQueued)) > 0);
}

// Runs in the worker.
function countQueued(): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('workbox-background-sync')
    opening.onerror = () => reject(new Error('The queue did not open'))
    opening.onsuccess = () => {
      const database = opening.result
      const counting = database.transaction('requests').objectStore('requests').count()
      counting.onsuccess = () => {
        database.close()
        resolve(counting.result)
      }
    }
  })
}
