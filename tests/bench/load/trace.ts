// A recorded editing history as Yjs updates: the keys one person pressed, in their order.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as Y from 'yjs'
import { contentRoots } from '../../../sync-api/protocol/roots'

type Patch = readonly [at: number, deleted: number, inserted: string]
type Trace = {
  readonly endContent: string
  readonly txns: readonly { readonly patches: readonly Patch[] }[]
}

export type Typescript = {
  readonly keys: number
  readonly endText: string
  /** One update for every `perUpdate` keys, merged but not folded: as small as they came. */
  encode(client: number, perUpdate: number): Uint8Array[]
}

/** Reads a sequential trace of josephg/editing-traces. */
export function readTrace(path: string): Typescript {
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Trace
  const patches = trace.txns.flatMap((txn) => txn.patches)
  return {
    keys: patches.length,
    endText: trace.endContent,
    encode: (client, perUpdate) => encodePatches(patches, client, perUpdate)
  }
}

function encodePatches(patches: readonly Patch[], client: number, perUpdate: number): Uint8Array[] {
  const doc = new Y.Doc()
  doc.clientID = client
  const text = new Y.XmlText()
  const batches: Uint8Array[] = []
  let keys: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => {
    keys.push(update)
    if (keys.length < perUpdate) return
    batches.push(Y.mergeUpdates(keys))
    keys = []
  })
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [text])
  doc.get(contentRoots.body, Y.XmlFragment).push([paragraph])
  for (const [at, deleted, inserted] of patches) {
    doc.transact(() => {
      if (deleted > 0) text.delete(at, deleted)
      if (inserted.length > 0) text.insert(at, inserted)
    })
  }
  if (keys.length > 0) batches.push(Y.mergeUpdates(keys))
  return batches
}

/** The text of a document that holds one trace. */
export function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  const body = doc.get(contentRoots.body, Y.XmlFragment)
  return body
    .toArray()
    .flatMap((block) => (block instanceof Y.XmlElement ? block.toArray() : []))
    .map((text) => (text instanceof Y.XmlText ? text.toJSON() : ''))
    .join('')
}
