// Background sync of the outbox: the browser wakes the worker when there is a network again.
import { Queue } from 'workbox-background-sync'

/** How long an entry is kept, minutes. Workbox drops older ones without a word: so, ten years. */
const retentionMinutes = 10 * 365 * 24 * 60

export type OutboxQueue = {
  /** These documents hold something unsent: one entry each, however often it is said. */
  add(documents: readonly string[]): Promise<void>
}

/**
 * An entry only says that a document waits; what is sent is read from the store when it is sent. Make
 * it once, while the script starts: later the browser no longer tells of a sync.
 */
export function createOutboxQueue(
  worker: ServiceWorkerGlobalScope,
  drain: () => Promise<void>
): OutboxQueue {
  const queue = new Queue('outbox', {
    maxRetentionTime: retentionMinutes,
    // A stored request is never sent: it would carry an old ticket, and any answer would do for it.
    onSync: ({ queue: entries }) => sync(worker, entries, drain)
  })
  return {
    async add(documents) {
      const known = new Set((await queue.getAll()).map(({ request }) => request.url))
      for (const document of documents) {
        const request = new Request(new URL(`/outbox/${document}`, worker.location.origin))
        if (!known.has(request.url)) await queue.pushRequest({ request })
      }
      // For those known as well: the browser gives up a sync that has failed three times.
      await queue.registerSync()
    }
  }
}

async function sync(
  worker: ServiceWorkerGlobalScope,
  queue: Queue,
  drain: () => Promise<void>
): Promise<void> {
  const entries = await queue.getAll()
  if (entries.length === 0) return
  try {
    await drain()
  } catch (cause) {
    // The browser tries again only when a real Error leaves here.
    if ('sync' in worker.registration) throw asError(cause)
    // Without background sync workbox calls this as the script starts, and nobody hears a failure:
    // the entries stay for the next start, and pages ask for a drain whenever it may help.
    return
  }
  // Those that came meanwhile stand behind them and keep their turn.
  for (let left = entries.length; left > 0; left--) await queue.shiftRequest()
}

/** `instanceof` fails for DOMExceptions in some browsers, and workbox swallows what is no Error. */
function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause))
}
