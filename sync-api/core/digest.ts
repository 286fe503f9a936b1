// The digest of updates, through a Y.Doc: pure, and run where it keeps nobody waiting.
import * as Y from 'yjs'
import { digestOf } from '../protocol/digest'

/** Of the document that `updates` make, in whatever order and pieces they come. Throws on what is no update. */
export function digestUpdates(updates: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc()
  // In one: between two of them Yjs would tidy up formatting, which is to write.
  Y.transact(doc, () => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  const { sv, ds } = Y.snapshot(doc)
  doc.destroy()
  return digestOf({ clocks: sv, deletions: ds.clients })
}
