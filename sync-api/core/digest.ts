// The digest of updates, through a Y.Doc: pure, and run where it keeps nobody waiting.
import * as Y from 'yjs'
import { digestOf } from '../protocol/digest'
import { takeAll } from './take-all'

/** Of the document that `updates` make, in whatever order and pieces they come. Throws on what is no update. */
export function digestUpdates(updates: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc()
  const [failed] = takeAll(doc, updates)
  if (failed !== undefined) throw failed.cause
  const { sv, ds } = Y.snapshot(doc)
  doc.destroy()
  return digestOf({ clocks: sv, deletions: ds.clients })
}
