// The library as the screens see it: the catalogue as a signal, the library's verbs with sentences.
import { signal } from '@preact/signals-core'
import { NotOnDevice, type LibraryReplica } from '../replica/library'
import { UserFacingError, type Library, type LibraryItem } from '../shell/meridian'
import type { After } from '../replica/queue'
import type { Catalogue } from '../store/catalogue'
import type { Notices } from '../store/notices'

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
export function createLibraryList(parts: LibraryListParts): Library {
  const { library, catalogue, notices, after, onTrouble } = parts
  const items = signal<readonly LibraryItem[]>([])
  const show = (list: readonly LibraryItem[]): void => {
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
    create: () => library.create(),
    async rename(document, title) {
      try {
        await library.rename(document, title)
      } catch (cause) {
        if (cause instanceof NotOnDevice) throw new UserFacingError(cause.message, { cause })
        throw cause
      }
    },
    remove: (document) => library.remove(document),
    restore: (document) => library.restore(document),
    pin: (document, pinned) => library.pin(document, pinned)
  }
}
