// Closed documents subscribe in batches, the next when the one before is answered, so that a person
// with thousands of them is not in their own way.
import type { DocumentId } from '../../sync-api/protocol/ids'
import { itemsPerMessageMax } from '../../sync-api/protocol/limits'

export type Subscribing = {
  /** These, in this order, as far as they are still closed when their turn comes. */
  fill(documents: readonly DocumentId[]): void
  /** Its subscribe needs no more waiting for, whatever came of it. */
  answered(document: DocumentId): void
  clear(): void
}

export function createSubscribing(
  isClosed: (document: DocumentId) => boolean,
  begin: (document: DocumentId) => void
): Subscribing {
  let waiting: DocumentId[] = []
  const unanswered = new Set<DocumentId>()

  function next(): void {
    while (unanswered.size === 0 && waiting.length > 0) {
      const batch = waiting.splice(0, itemsPerMessageMax).filter(isClosed)
      for (const document of batch) unanswered.add(document)
      batch.forEach(begin)
    }
  }

  return {
    fill(documents) {
      waiting = [...documents]
      next()
    },
    answered(document) {
      if (unanswered.delete(document)) next()
    },
    clear() {
      waiting = []
      unanswered.clear()
    }
  }
}
