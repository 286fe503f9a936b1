// What the page and the service worker say to each other: the contract between the two.

export type PageToWorker =
  /** The person takes the release that waits; the name is workbox-window's. */
  | { readonly type: 'SKIP_WAITING' }
  /** These documents hold edits that no relay has: sync them when there is a network. */
  | { readonly type: 'outbox-filled'; readonly documents: readonly string[] }
  /** Try now to send what waits. */
  | { readonly type: 'drain' }

/** What the worker answers on the port of a `drain`, if it was given one. */
export type WorkerToPage =
  { readonly type: 'drained' } | { readonly type: 'drain-failed'; readonly message: string }
