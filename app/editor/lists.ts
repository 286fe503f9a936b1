// Commands on lists of all kinds: making, changing, leaving, indenting, checking.
import { Fragment, type NodeType, type ResolvedPos } from 'prosemirror-model'
import { liftListItem, sinkListItem, splitListItem, wrapRangeInList } from 'prosemirror-schema-list'
import { TextSelection, type Command, type EditorState, type Transaction } from 'prosemirror-state'
import { isList, itemTypeOf, itemTypes, schema } from './schema'

const { task_item, heading, paragraph } = schema.nodes

/** The depth of the innermost list around a position, or null. */
function listDepth($position: ResolvedPos): number | null {
  for (let depth = $position.depth; depth > 0; depth--) {
    if (isList($position.node(depth).type)) return depth
  }
  return null
}

export const isInList = (type: NodeType) => (state: EditorState) => {
  const { $from } = state.selection
  const depth = listDepth($from)
  return depth !== null && $from.node(depth).type === type
}

/** To a list of this type, from text or from a list of another kind; out of a list of this type. */
export const toggleList =
  (type: NodeType): Command =>
  (state, dispatch, view) => {
    const { $from } = state.selection
    const depth = listDepth($from)
    if (depth === null) return wrapInList(type, state, dispatch)
    if ($from.node(depth).type === type) return liftListItem(itemTypes)(state, dispatch, view)
    if (dispatch !== undefined) dispatch(changeList(type, state, depth))
    return true
  }

function wrapInList(type: NodeType, state: EditorState, dispatch?: (tr: Transaction) => void) {
  const { $from, $to, from, to } = state.selection
  const tr = state.tr
  state.doc.nodesBetween(from, to, (node, pos) => {
    if (node.type === heading) tr.setNodeMarkup(pos, paragraph)
  })
  const range = tr.doc.resolve($from.pos).blockRange(tr.doc.resolve($to.pos))
  if (range === null || !wrapRangeInList(tr, range, type)) return false
  dispatch?.(tr.scrollIntoView())
  return true
}

/** The list at `depth` as one of another type: same items, same sizes, so the caret stays. */
function changeList(type: NodeType, state: EditorState, depth: number): Transaction {
  const { $from, $anchor, $head } = state.selection
  const list = $from.node(depth)
  const items: ReturnType<NodeType['create']>[] = []
  list.forEach((item) => items.push(itemTypeOf(type).create(null, item.content)))
  const changed = type.create(null, Fragment.from(items))
  const tr = state.tr.replaceWith($from.before(depth), $from.after(depth), changed)
  const selection = TextSelection.between(tr.doc.resolve($anchor.pos), tr.doc.resolve($head.pos))
  return tr.setSelection(selection).scrollIntoView()
}

function itemDepth($position: ResolvedPos): number | null {
  const depth = $position.depth - 1
  return depth > 0 && itemTypes.includes($position.node(depth).type) ? depth : null
}

/** Enter in an item: a new item, unchecked; in an empty item: one level out. */
export const splitItem: Command = (state, dispatch, view) => {
  const { $from, empty } = state.selection
  const depth = itemDepth($from)
  if (depth === null) return false
  const item = $from.node(depth)
  if (empty && item.childCount === 1 && $from.parent.content.size === 0) {
    return liftListItem(itemTypes)(state, dispatch, view)
  }
  const attrs = item.type === task_item ? { checked: false } : undefined
  return splitListItem(item.type, attrs)(state, dispatch, view)
}

/** Backspace at the very start of an item: one level out. */
export const liftAtStart: Command = (state, dispatch, view) => {
  const { $from, empty } = state.selection
  const depth = itemDepth($from)
  if (!empty || depth === null || $from.parentOffset > 0 || $from.index(depth) > 0) return false
  return liftListItem(itemTypes)(state, dispatch, view)
}

/** Tab in a list. Held back where it cannot sink, as leaving the text by surprise is worse. */
export const sinkItem: Command = (state, dispatch) => {
  if (listDepth(state.selection.$from) === null) return false
  for (const type of itemTypes) if (sinkListItem(type)(state, dispatch)) return true
  return true
}

/** Shift-Tab in a list. */
export const liftItem: Command = (state, dispatch, view) => {
  if (listDepth(state.selection.$from) === null) return false
  return liftListItem(itemTypes)(state, dispatch, view) || true
}

/** Checks the task that the caret is in, or unchecks it. */
export const toggleTask: Command = (state, dispatch) => {
  const { $from } = state.selection
  for (let depth = $from.depth; depth > 0; depth--) {
    const item = $from.node(depth)
    if (item.type !== task_item) continue
    const checked = item.attrs['checked'] !== true
    dispatch?.(state.tr.setNodeAttribute($from.before(depth), 'checked', checked))
    return true
  }
  return false
}
