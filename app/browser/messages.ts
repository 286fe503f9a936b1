// What the page and the service worker say to each other: the contract between the two.

export type PageToWorker =
  /** The person takes the release that waits; the name is workbox-window's. */
  | { readonly type: 'SKIP_WAITING' }
  /** These documents hold edits that no relay has: sync them when there is a network. */
  | { readonly type: 'outbox-filled'; readonly documents: readonly string[] }
  /**
   * Edits of a tab that is leaving, whose own commit may die with it: to be stored and sent. Ids are
   * checked by the worker; what the tab did store is stored twice, which is harmless.
   */
  | {
      readonly type: 'last-words'
      readonly channel: string
      readonly tab: string
      readonly updates: readonly {
        readonly update: Uint8Array
        readonly writer: string
        readonly asides?: number | undefined
      }[]
    }
  /** Try now to send what waits. */
  | { readonly type: 'drain' }

/** What the worker answers on the port of a `drain`, if it was given one. */
export type WorkerToPage =
  { readonly type: 'drained' } | { readonly type: 'drain-failed'; readonly message: string }
