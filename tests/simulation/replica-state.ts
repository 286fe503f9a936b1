// What a replica holds, in forms that can be compared: content, clocks, deletions, and what is pending.
import * as Y from 'yjs'
import { takeAll } from '../../app/store/take-all'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { contentRoots } from '../../sync-api/protocol/roots'

/** A fresh replica of a content channel with these updates in it. */
export function replicaOf(updates: readonly Uint8Array[]): Y.Doc {
  // With a name of its own: making one up costs more than loading a short document.
  const doc = new Y.Doc({ guid: 'compared' })
  const [failed] = takeAll(doc, [entryZero, ...updates])
  if (failed !== undefined) throw failed.cause
  return doc
}

/** Everything two replicas of one state have in common, as text. */
export function stateOf(doc: Y.Doc): string {
  const { ds, sv } = Y.snapshot(doc)
  const clocks = [...sv].sort(([one], [other]) => one - other)
  const deleted = [...ds.clients]
    .sort(([one], [other]) => one - other)
    .map(([client, ranges]) => [client, ranges.map(({ clock, len }) => [clock, len])])
  const title = doc.getText(contentRoots.title).toString()
  const body = doc.getXmlFragment(contentRoots.body).toString()
  return JSON.stringify({ title, body, clocks, deleted })
}

/** Whether something waits in the replica for what it builds on. */
export function isPending(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null
}

/** Whether a replica holds every insertion and every deletion of an update. */
export function covers(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update)
  const has = Y.snapshot(doc)
  for (const { id, length } of structs) {
    if ((has.sv.get(id.client) ?? 0) < id.clock + length) return false
  }
  for (const [client, ranges] of ds.clients) {
    const deleted = has.ds.clients.get(client) ?? []
    for (const { clock, len } of ranges) {
      if (overlap(deleted, clock, clock + len) < len) return false
    }
  }
  return true
}

type Range = { readonly clock: number; readonly len: number }

function overlap(ranges: readonly Range[], from: number, to: number): number {
  let total = 0
  for (const { clock, len } of ranges) {
    total += Math.max(0, Math.min(clock + len, to) - Math.max(clock, from))
  }
  return total
}
