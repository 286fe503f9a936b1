// What this writer wrote into something that another, who had not seen it yet, took away or moved.
//
// Yjs moves nothing: who makes a list of a paragraph deletes it and inserts a copy, and what others
// write into the paragraph meanwhile is deleted with it, without anybody having wanted that.
import type { Node } from 'prosemirror-model'
import * as Y from 'yjs'
import type { SharedType } from './render'

/** Positions in a document: from the first one up to, without, the second. */
export type Range = { readonly from: number; readonly to: number }

/** The shared type and its rendering, where a change has come to the one and not yet to the other. */
export type Rendered = {
  readonly doc: Y.Doc
  readonly type: Y.XmlFragment
  readonly mapping: ReadonlyMap<SharedType, Node | Node[]>
}

/** Clocks of one client, as a set of deleted ones names them. */
type Clocks = { readonly clock: number; readonly len: number }

/**
 * Ranges of the rendered document that `isMine` clients wrote, that the transaction deletes, and that
 * none of the updates it came from names: their writers did not know of them. In order, apart.
 */
export function unseenRanges(
  rendered: Rendered,
  transaction: Y.Transaction,
  updates: readonly Uint8Array[],
  isMine: (client: number) => boolean
): Range[] {
  const clients = [...transaction.deleteSet.clients.keys()].filter(isMine)
  if (clients.length === 0) return []
  const named = updates.map((update) => Y.decodeUpdate(update).ds.clients)
  const ranges = clients.flatMap((client) => {
    const deleted = transaction.deleteSet.clients.get(client) ?? []
    const seen = named.flatMap((sets) => sets.get(client) ?? [])
    const unseen = deleted.flatMap((clocks) => without(clocks, seen))
    return unseen.flatMap((clocks) => rangesOf(rendered, transaction, client, clocks))
  })
  return joined(ranges)
}

function rangesOf(
  rendered: Rendered,
  transaction: Y.Transaction,
  client: number,
  { clock, len }: Clocks
): Range[] {
  const structs = rendered.doc.store.clients.get(client) ?? []
  const ranges: Range[] = []
  let index = Y.findIndexSS(structs, clock)
  for (let item = structs[index]; item !== undefined; item = structs[++index]) {
    if (item.id.clock >= clock + len) break
    const range = item instanceof Y.Item ? rangeOf(rendered, transaction, item, clock, len) : null
    if (range !== null) ranges.push(range)
  }
  return ranges
}

/** Whether the transaction deletes the block that is rendered as this node. */
export function isTakenAway({ mapping }: Rendered, block: Node): boolean {
  for (const [type, node] of mapping) if (node === block) return type._item?.deleted === true
  return false
}

function without(clocks: Clocks, others: readonly Clocks[]): Clocks[] {
  let left: Clocks[] = [clocks]
  for (const { clock, len } of others) {
    left = left.flatMap((one) => {
      const before = { clock: one.clock, len: Math.min(clock, one.clock + one.len) - one.clock }
      const from = Math.max(clock + len, one.clock)
      const after = { clock: from, len: one.clock + one.len - from }
      return [before, after].filter((part) => part.len > 0)
    })
  }
  return left
}

function joined(ranges: readonly Range[]): Range[] {
  const all: Range[] = []
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1)
    if (last === undefined || range.from > last.to) all.push(range)
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return all
}

/** Where what these clocks of the item show stood; null for what shows nothing. */
function rangeOf(
  rendered: Rendered,
  transaction: Y.Transaction,
  item: Y.Item,
  clock: number,
  len: number
): Range | null {
  const { content } = item
  const at = positionOf(rendered, transaction, item)
  if (at === null) return null
  if (content instanceof Y.ContentString) {
    const from = Math.max(clock, item.id.clock) - item.id.clock
    const to = Math.min(clock + len, item.id.clock + item.length) - item.id.clock
    return { from: at + from, to: at + to }
  }
  const size = sizeOf(rendered, transaction, item)
  return size === 0 ? null : { from: at, to: at + size }
}

/** Where the item stood in the rendered document; null where it was no part of it. */
function positionOf(rendered: Rendered, transaction: Y.Transaction, item: Y.Item): number | null {
  const parent = item.parent as Y.AbstractType<unknown>
  if (item.parentSub !== null) return null
  let position = 0
  if (parent !== rendered.type) {
    const outer = parent._item === null ? null : positionOf(rendered, transaction, parent._item)
    if (outer === null || isKept(rendered, parent)) return null
    // A text has no tags of its own.
    position = parent instanceof Y.XmlText ? outer : outer + 1
  }
  for (let other = parent._start; other !== null && other !== item; other = other.right) {
    if (wasShown(transaction, other)) position += sizeOf(rendered, transaction, other)
  }
  return position
}

/** What is kept is whole: nothing has a place within it. */
function isKept({ mapping }: Rendered, type: SharedType): boolean {
  const node = mapping.get(type)
  return node !== undefined && !Array.isArray(node) && 'kept' in node.attrs && node.isAtom
}

/** How much of the rendered document the item took. */
function sizeOf(rendered: Rendered, transaction: Y.Transaction, { content }: Y.Item): number {
  if (content instanceof Y.ContentString) return content.str.length
  if (content instanceof Y.ContentEmbed) return 1
  if (!(content instanceof Y.ContentType)) return 0
  const { type } = content
  if (type instanceof Y.XmlText) {
    let size = 0
    for (let part = type._start; part !== null; part = part.right) {
      if (wasShown(transaction, part)) size += sizeOf(rendered, transaction, part)
    }
    return size
  }
  const node = rendered.mapping.get(type)
  return node === undefined || Array.isArray(node) ? 0 : node.nodeSize
}

function wasShown({ beforeState, deleteSet }: Y.Transaction, { id, deleted }: Y.Item): boolean {
  if (id.clock >= (beforeState.get(id.client) ?? 0)) return false
  return !deleted || Y.isDeleted(deleteSet, id)
}
