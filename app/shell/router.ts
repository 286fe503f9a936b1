// Where the person is, kept in step with the address bar: links, back and forward.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import { pathOf, routeOf, type Route } from './route'

type Place = Exclude<Route, { kind: 'unknown' }>

export type Router = {
  readonly route: ReadonlySignal<Route>
  /** How far down the place was when the person left it; 0 for a new one. */
  readonly scroll: () => number
  go(place: Place): void
  /** Like `go`, but takes the place of this entry in the history. */
  replace(place: Place): void
  stop(): void
}

/** Listens to the window's history and to clicks on links of the app. */
export function startRouter(): Router {
  const route = signal(routeOf(new URL(location.href)))
  const stopping = new AbortController()
  history.scrollRestoration = 'manual'

  function show(): void {
    route.value = routeOf(new URL(location.href))
  }
  function go(place: Place): void {
    history.replaceState({ scroll: scrollY }, '')
    history.pushState({ scroll: 0 }, '', pathOf(place))
    show()
  }
  function replace(place: Place): void {
    history.replaceState({ scroll: 0 }, '', pathOf(place))
    show()
  }
  function follow(event: MouseEvent): void {
    const url = linkOf(event)
    if (url === null) return
    const place = routeOf(url)
    if (place.kind === 'unknown') return
    event.preventDefault()
    go(place)
  }

  addEventListener('popstate', show, { signal: stopping.signal })
  addEventListener('click', follow, { signal: stopping.signal })
  return { route, scroll: scrollOfEntry, go, replace, stop: () => stopping.abort() }
}

/** The address of a plain click on a link of this app; modified clicks are the browser's. */
function linkOf(event: MouseEvent): URL | null {
  if (event.defaultPrevented || event.button !== 0) return null
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null
  const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(anchor instanceof HTMLAnchorElement)) return null
  if (anchor.target !== '' || anchor.hasAttribute('download')) return null
  const url = new URL(anchor.href)
  return url.origin === location.origin ? url : null
}

function scrollOfEntry(): number {
  const state: unknown = history.state
  if (typeof state !== 'object' || state === null || !('scroll' in state)) return 0
  return typeof state.scroll === 'number' ? state.scroll : 0
}
