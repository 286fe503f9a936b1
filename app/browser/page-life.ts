// What happens to this page from outside, as one source: network, visibility, leaving and coming back.

export type PageEvent =
  /** The browser believes there is a network, or none; a hint, never a proof. */
  | 'online'
  | 'offline'
  | 'visible'
  | 'hidden'
  /** The page is leaving, perhaps for good: the last moment to say something. */
  | 'leaving'
  /** It came back from the back/forward cache, sockets dead. */
  | 'back'

export type PageLife = {
  isVisible(): boolean
  isOnline(): boolean
  /** Calls `listener` for every event; answers its stop. */
  listen(listener: (event: PageEvent) => void): () => void
}

export function watchPageLife(page: Window & typeof globalThis): PageLife {
  const { document, navigator } = page
  return {
    isVisible: () => document.visibilityState === 'visible',
    isOnline: () => navigator.onLine,
    listen(listener) {
      const listening = new AbortController()
      const { signal } = listening
      const on = (target: EventTarget, type: string, tell: (event: Event) => void): void =>
        target.addEventListener(type, tell, { signal })
      on(page, 'online', () => listener('online'))
      on(page, 'offline', () => listener('offline'))
      on(document, 'visibilitychange', () =>
        listener(document.visibilityState === 'visible' ? 'visible' : 'hidden')
      )
      on(page, 'pagehide', () => listener('leaving'))
      on(page, 'pageshow', (event) => {
        if (event instanceof PageTransitionEvent && event.persisted) listener('back')
      })
      return () => listening.abort()
    }
  }
}
