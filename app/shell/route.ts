// The places of the app as URLs, and back.
import { isDocumentId, isLinkId, type DocumentId, type LinkId } from '../../sync-api/protocol/ids'

/** What a sharing link carries in its fragment, which no server sees. */
export type LinkKey = { readonly link: LinkId; readonly secret: string }

export type Route =
  | { readonly kind: 'library'; readonly create: boolean }
  | { readonly kind: 'bin' }
  | { readonly kind: 'document'; readonly document: DocumentId; readonly key: LinkKey | null }
  | { readonly kind: 'settings' }
  | { readonly kind: 'safety' }
  | { readonly kind: 'unknown' }

/** The place a URL names; `unknown` for everything the app has no screen for. */
export function routeOf(url: URL): Route {
  const [first, second, ...rest] = url.pathname.split('/').filter((part) => part !== '')
  if (rest.length > 0) return { kind: 'unknown' }
  if (first === 'd' && isDocumentId(second)) {
    return { kind: 'document', document: second, key: linkKeyOf(url.hash) }
  }
  if (second !== undefined) return { kind: 'unknown' }
  switch (first) {
    case undefined:
      return { kind: 'library', create: url.searchParams.get('action') === 'new' }
    case 'bin':
      return { kind: 'bin' }
    case 'settings':
      return { kind: 'settings' }
    case 'safety':
      return { kind: 'safety' }
    default:
      return { kind: 'unknown' }
  }
}

/** The path of a place. A link's key is left out: it is used once and never shown again. */
export function pathOf(route: Exclude<Route, { kind: 'unknown' }>): string {
  switch (route.kind) {
    case 'library':
      return '/'
    case 'bin':
      return '/bin'
    case 'document':
      return `/d/${route.document}`
    case 'settings':
      return '/settings'
    case 'safety':
      return '/safety'
  }
}

function linkKeyOf(hash: string): LinkKey | null {
  const match = /^#k=([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(hash)
  const [, link, secret] = match ?? []
  return isLinkId(link) && secret !== undefined ? { link, secret } : null
}
