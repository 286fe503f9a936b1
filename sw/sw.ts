// The service worker: the app opens without a network, and what waits to be sent leaves without a page.
import { clientsClaim } from 'workbox-core'
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { CacheFirst } from 'workbox-strategies'
import type { PageToWorker, WorkerToPage } from '../app/browser/messages'
import { createDrain } from './drain'
import { keepLastWords, type LastWords } from './last-words'
import { keepFormerRelease, serveFormerRelease } from './former-release'
import { createOutboxQueue } from './outbox-queue'

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[]
}

// Kept before the precache is touched: workbox forgets the former files when this release starts.
keepFormerRelease(self)
precacheAndRoute([...self.__WB_MANIFEST])

// Every address of the app is the same page; what the relay answers is never cached.
const relay = [/^\/api\//, /^\/ws/, /^\/healthz/, /^\/metrics/]
registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { denylist: relay }))
// Scripts beyond the precached ones: only who writes in them needs them, and then for good.
registerRoute(
  ({ request, sameOrigin }) => sameOrigin && request.destination === 'font',
  new CacheFirst({ cacheName: 'fonts' })
)
serveFormerRelease()

// The first page of all is controlled without a reload; a new release takes pages only with consent.
clientsClaim()

const drain = createDrain(self)
const queue = createOutboxQueue(self, drain)

self.addEventListener('message', (event) => {
  // Only our own pages post here.
  const message = event.data as PageToWorker
  switch (message.type) {
    case 'SKIP_WAITING':
      return event.waitUntil(self.skipWaiting())
    case 'outbox-filled':
      return event.waitUntil(queue.add(message.documents))
    case 'last-words':
      return event.waitUntil(answered(event, takeLastWords(message)))
    case 'drain':
      return event.waitUntil(answered(event, drain()))
  }
})

// Into the queue as well: with no page and no network, only the browser's own call sends them.
async function takeLastWords(message: LastWords): Promise<void> {
  await queue.add([await keepLastWords(message)])
  await drain()
}

async function answered(event: ExtendableMessageEvent, work: Promise<void>): Promise<void> {
  const port = event.ports[0]
  const answer = (message: WorkerToPage): void => port?.postMessage(message)
  try {
    await work
    answer({ type: 'drained' })
  } catch (cause) {
    // No network, or a tab at work: the queue and the next start try again.
    answer({ type: 'drain-failed', message: String(cause) })
  }
}
