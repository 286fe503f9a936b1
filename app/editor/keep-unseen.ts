// Puts back what was taken away unseen, to where the text around it is now, and the caret with it.
import { Fragment, type Node } from 'prosemirror-model'
import {
  TextSelection,
  type EditorState,
  type Selection,
  type Transaction
} from 'prosemirror-state'
import { align, type Placed } from './alignment'
import type { Range } from './unseen'

/** The view before a change was rendered that takes away what its writer had not seen. */
export type Before = {
  readonly doc: Node
  /** Null where it is another document's. */
  readonly selection: Selection | null
  readonly unseen: readonly Range[]
  /** Whether the block with this end of the selection is taken away. */
  readonly lost: { readonly anchor: boolean; readonly head: boolean }
}

/** What was put back: a range of before, what to add to its positions, and the steps that took. */
type Kept = { readonly range: Range; readonly shift: number; readonly steps: number }

/** A transaction on the state that shows the change; null when there is nothing to put back. */
export function keepUnseen(before: Before, state: EditorState): Transaction | null {
  const { doc, selection, unseen, lost } = before
  const place = align(doc, unseen, state.doc)
  const tr = state.tr
  const kept = unseen.map((range): Kept => {
    const shift = putBack(tr, doc, range, place(range.from)) - range.from
    return { range, shift, steps: tr.steps.length }
  })
  const end = (position: number, isLost: boolean, restored: number): number => {
    const back = kept.find(({ range }) => position >= range.from && position <= range.to)
    if (back !== undefined) return tr.mapping.slice(back.steps).map(position + back.shift)
    return tr.mapping.map(isLost ? place(position).at : restored)
  }
  if (!(selection instanceof TextSelection)) return tr.docChanged ? tr : null
  const { anchor, head } = state.selection
  const found = [end(selection.anchor, lost.anchor, anchor), end(selection.head, lost.head, head)]
  const [$anchor, $head] = found.map((at) => tr.doc.resolve(Math.min(at, tr.doc.content.size)))
  tr.setSelection(TextSelection.between($anchor!, $head!))
  return tr.docChanged || !tr.selection.eq(state.selection) ? tr : null
}

/** Answers where the beginning of the range is now. */
function putBack(tr: Transaction, doc: Node, { from, to }: Range, placed: Placed): number {
  const { parent, depth } = doc.resolve(from)
  const { content } = doc.slice(from, to)
  const at = tr.mapping.map(placed.at)
  if (!parent.inlineContent) {
    // An item of a list that is a list no more gets one of its own.
    const own = depth === 0 ? [] : [Fragment.from(parent.copy(content))]
    return insertAfter(tr, at, content, own)
  }
  if (placed.kind === 'after')
    return insertAfter(tr, at, null, [Fragment.from(parent.copy(content))])
  tr.insert(at, content)
  return at
}

/**
 * Inserts the content, or what holds it, after the innermost node around `at` behind which it may
 * stand; answers where the content begins.
 */
function insertAfter(
  tr: Transaction,
  at: number,
  content: Fragment | null,
  holding: readonly Fragment[]
): number {
  const $at = tr.doc.resolve(at)
  for (let depth = $at.depth; depth >= 0; depth--) {
    const index = $at.indexAfter(depth)
    const position = depth === $at.depth ? at : $at.after(depth + 1)
    for (const choice of content === null ? holding : [content, ...holding]) {
      if (!$at.node(depth).canReplace(index, index, choice)) continue
      tr.insert(position, choice)
      return choice === content ? position : position + 1
    }
  }
  throw new Error('What was taken away unseen may stand nowhere')
}
