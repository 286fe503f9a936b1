// What of y-prosemirror 1.3.7's binding is reached into, and where a selection is in a shared type.
import type { Node } from 'prosemirror-model'
import {
  AllSelection,
  NodeSelection,
  Selection,
  TextSelection,
  type Transaction
} from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { relativePositionToAbsolutePosition } from 'y-prosemirror'
import * as Y from 'yjs'
import type { Mapping } from './render'

/** Its own type for a mapping, whose keys hold anything. */
export type YMapping = Parameters<typeof relativePositionToAbsolutePosition>[3]

export type RelativeSelection = {
  readonly type: string
  readonly anchor: Y.RelativePosition | null
  readonly head: Y.RelativePosition | null
}

/** Fields and methods of its ProsemirrorBinding, and nothing else. */
export type YBinding = {
  readonly doc: Y.Doc
  readonly type: Y.XmlFragment
  mapping: Mapping
  readonly prosemirrorView: EditorView | null
  readonly mux: (run: () => void) => void
  /** Where the selection was before the transactions that are being observed. */
  beforeTransactionSelection: RelativeSelection | null
  beforeAllTransactions: () => void
  _observeFunction: (events: Y.YEvent<Y.XmlFragment>[], transaction: Y.Transaction) => void
  _isLocalCursorInView(): boolean
  _prosemirrorChanged(doc: Node): void
}

/** Selects in the transaction what was selected before it, where that is now. */
export function selectAgain(binding: YBinding, selection: Selection, tr: Transaction): void {
  const before = binding.beforeTransactionSelection
  if (tr.before.eq(tr.doc)) {
    tr.setSelection(Selection.fromJSON(tr.doc, selection.toJSON()))
    return
  }
  if (before === null) {
    // Where it was is not known in the shared type: it stays as far from the beginning.
    tr.setSelection(Selection.near(tr.doc.resolve(Math.min(selection.from, tr.doc.content.size))))
    return
  }
  if (before.anchor === null || before.head === null) return
  if (before.type === 'all') {
    tr.setSelection(new AllSelection(tr.doc))
    return
  }
  const anchor = positionOf(binding, before.anchor, tr.doc)
  const head = positionOf(binding, before.head, tr.doc)
  if (anchor === null || head === null) return
  const node =
    before.type === 'node' && isThere(binding, before.anchor) ? tr.doc.nodeAt(anchor) : null
  tr.setSelection(
    node !== null && NodeSelection.isSelectable(node)
      ? NodeSelection.create(tr.doc, anchor)
      : TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head))
  )
}

/**
 * Whether the caret, where it is in an empty block, has a place in the shared type. It has none in what is
 * only shown, as in the item of a list that two people emptied: y-prosemirror counts past such a block.
 */
export function hasPlace(binding: YBinding, { empty, $anchor }: Selection): boolean {
  const place = binding.beforeTransactionSelection?.anchor ?? null
  if (!empty || $anchor.parent.content.size > 0 || place === null) return true
  const isBeforeAll = place.item !== null && place.item.clock < 0
  return !isBeforeAll && positionOf(binding, place, $anchor.doc) === $anchor.pos
}

/** A node's successor was never selected: somebody may have deleted it. */
function isThere({ doc }: YBinding, { item }: Y.RelativePosition): boolean {
  return item !== null && !Y.getItem(doc.store, item).deleted
}

function positionOf(binding: YBinding, place: Y.RelativePosition, shown: Node): number | null {
  const { doc, type, mapping } = binding
  const position = relativePositionToAbsolutePosition(doc, type, place, mapping as YMapping)
  return position === null ? null : Math.max(0, Math.min(position, shown.content.size))
}
