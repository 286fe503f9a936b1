// A reader's replica holds what everybody's holds: Yjs must not tidy it.
import type * as Y from 'yjs'

/** What of Yjs 13.6's Transaction is reached into, and nothing else. */
type Tidying = { _needFormattingCleanup: boolean }

/**
 * After a change of others Yjs deletes formatting marks that have become redundant. From who may write
 * that is sent like any edit; a reader's deletions go nowhere, and would part it from all others.
 */
export function leaveUntidied(doc: Y.Doc, mayWrite: () => boolean): void {
  // Looked at after this event and nowhere before.
  doc.on('afterTransaction', (transaction: Y.Transaction) => {
    if (!mayWrite()) (transaction as unknown as Tidying)._needFormattingCleanup = false
  })
}
