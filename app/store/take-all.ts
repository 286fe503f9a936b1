// Many updates into a Y.Doc at once.
import * as Y from 'yjs'
import { takeIn, type NotTaken } from '../../sync-api/protocol/take-in'

/** As one transaction of `origin`, not local; answers what Yjs cannot read, which is then not in it. */
export function takeAll(
  doc: Y.Doc,
  updates: readonly Uint8Array[],
  origin: unknown = null
): readonly NotTaken[] {
  return takeIn(Y, doc, updates, origin)
}
