// The library as the screens see it: the catalogue as a signal, the library's verbs with sentences.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import { NotOnDevice, type LibraryReplica } from '../replica/library'
import { UserFacingError, type Library, type LibraryItem } from '../shell/meridian'
import type { Catalogue } from '../store/catalogue'

/** `items` follows the catalogue for as long as the page lives. */
export function createLibraryList(
  library: LibraryReplica,
  catalogue: Catalogue,
  onTrouble: (cause: unknown) => void
): Library {
  const items = signal<readonly LibraryItem[]>([])
  catalogue.watch((list) => {
    items.value = list
  }, onTrouble)
  return {
    items: items as ReadonlySignal<readonly LibraryItem[]>,
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
