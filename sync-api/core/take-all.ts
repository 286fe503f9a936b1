// Many updates into a Y.Doc at once.
import * as Y from 'yjs'
import { takeIn, type NotTaken } from '../protocol/take-in'

/** As one transaction; answers what Yjs cannot read, which is then not in it. */
export function takeAll(doc: Y.Doc, updates: readonly Uint8Array[]): readonly NotTaken[] {
  return takeIn(Y, doc, updates, null)
}
