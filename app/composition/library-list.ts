// The library as the screens see it: the catalogue as a signal, the library's verbs with sentences.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { LibraryReplica } from '../replica/library'
import type { Library } from '../shell/meridian'
import type { After } from '../replica/queue'
import type { Catalogue, CatalogueItem } from '../store/catalogue'
import type { Notices } from '../store/notices'
import { userFacing } from './failures'

/** Between two counts of unsent edits while somebody types, ms: the list is not what they look at. */
const countEveryMs = 1_000

export type LibraryListParts = {
  readonly library: LibraryReplica
  readonly catalogue: Catalogue
  readonly notices: Notices
  readonly after: After
  readonly onTrouble: (cause: unknown) => void
}

/** `items` follows the catalogue for as long as the page lives. */
export function createLibraryList(
  parts: LibraryListParts
): Library & { readonly items: ReadonlySignal<readonly CatalogueItem[]> } {
  const { library, catalogue, notices, after, onTrouble } = parts
  const items = signal<readonly CatalogueItem[]>([])
  const show = (list: readonly CatalogueItem[]): void => {
    items.value = list
  }
  catalogue.watch(show, onTrouble)
  let counting = false
  notices.listen((notice) => {
    if (notice.kind !== 'written' || counting) return
    counting = true
    after(countEveryMs, () => {
      counting = false
      catalogue.items().then(show, onTrouble)
    })
  })
  return {
    items,
    create: () => userFacing(() => library.create()),
    rename: (document, title) => userFacing(() => library.rename(document, title)),
    remove: (document) => userFacing(() => library.remove(document)),
    restore: (document) => userFacing(() => library.restore(document)),
    pin: (document, pinned) => userFacing(() => library.pin(document, pinned))
  }
}
