// Files of the release before, for tabs that still run it: its lazy parts must load after the new one
// has taken over, and neither the new precache nor the relay has them any more.
import { cacheNames } from 'workbox-core'
import { registerRoute } from 'workbox-routing'

const formerCache = 'former-release'

/** Where the build puts files whose names hold their hash: they never change, so they may be kept. */
const assets = '/assets/'

/** Keeps them as this release is installed; drops them when it starts without any old tab. */
export function keepFormerRelease(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener('install', (event) => event.waitUntil(keep()))
  worker.addEventListener('activate', (event) => event.waitUntil(dropIfUnused(worker)))
}

/** Answers requests for files that are no longer precached. Register it after the precache. */
export function serveFormerRelease(): void {
  registerRoute(
    ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(assets),
    async ({ request }) => {
      const former = await caches.open(formerCache)
      return (await former.match(request)) ?? fetch(request)
    }
  )
}

async function keep(): Promise<void> {
  const [precache, former] = await Promise.all([
    caches.open(cacheNames.precache),
    caches.open(formerCache)
  ])
  for (const request of await precache.keys()) {
    if (!new URL(request.url).pathname.startsWith(assets)) continue
    const response = await precache.match(request)
    if (response !== undefined) await former.put(request, response)
  }
}

async function dropIfUnused({ clients }: ServiceWorkerGlobalScope): Promise<void> {
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (pages.length === 0) await caches.delete(formerCache)
}
