// Commands on blocks: headings, text, quotes, code, rules, and the ways out of them.
import { setBlockType, wrapIn } from 'prosemirror-commands'
import type { NodeType } from 'prosemirror-model'
import {
  Selection,
  TextSelection,
  type Command,
  type EditorState,
  type Transaction
} from 'prosemirror-state'
import { liftTarget } from 'prosemirror-transform'
import { languageOf } from './nodes'
import { schema } from './schema'

const { paragraph, heading, code_block, blockquote, horizontal_rule } = schema.nodes

const blockIs = (type: NodeType) => (state: EditorState) => {
  const { $from, to } = state.selection
  return to <= $from.end() && $from.parent.type === type
}

export const isParagraph = blockIs(paragraph)
export const isCode = blockIs(code_block)
export const isHeading = (level: number) => (state: EditorState) =>
  blockIs(heading)(state) && state.selection.$from.parent.attrs['level'] === level

export const toParagraph: Command = setBlockType(paragraph)
// All attributes: with one left out ProseMirror finds every heading to be another.
export const toHeading = (level: number): Command => setBlockType(heading, { level, kept: null })

/** To a code block, and from one to text. */
export const toCode: Command = (state, dispatch, view) =>
  setBlockType(isCode(state) ? paragraph : code_block)(state, dispatch, view)

/** On the line that opens a fence, three backticks and perhaps a language: begins a code block. */
export const openFence: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  const { parent } = $from
  const fence = /^```([\w+#.-]*)$/.exec(parent.textContent)
  if (fence === null || !empty || !isParagraph(state)) return false
  if ($from.parentOffset < parent.content.size) return false
  const tr = state.tr.delete($from.start(), $from.end())
  tr.setBlockType(tr.selection.from, tr.selection.from, code_block, {
    language: languageOf(fence[1])
  })
  dispatch?.(tr.scrollIntoView())
  return true
}

function quoteDepth({ selection }: EditorState): number | null {
  const { $from } = selection
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type === blockquote) return depth
  }
  return null
}

export const isQuote = (state: EditorState): boolean => quoteDepth(state) !== null

/** Wraps in a quote, or lifts out of the innermost one. */
export const toggleQuote: Command = (state, dispatch, view) => {
  if (!isQuote(state)) return wrapIn(blockquote)(state, dispatch, view)
  const { $from, $to } = state.selection
  const range = $from.blockRange($to, (node) => node.type === blockquote)
  const target = range === null ? null : liftTarget(range)
  if (range === null || target === null) return false
  dispatch?.(state.tr.lift(range, target).scrollIntoView())
  return true
}

/** Inserts a rule at the caret, with text to go on with below it. */
export const insertRule: Command = (state, dispatch) => {
  const { $from } = state.selection
  if (!$from.parent.isTextblock || isCode(state)) return false
  dispatch?.(addRule(state.tr.deleteSelection()).scrollIntoView())
  return true
}

/** Adds a rule at the transaction's caret. */
export function addRule(tr: Transaction): Transaction {
  const { $from } = tr.selection
  const { parent, parentOffset, pos } = $from
  const size = parent.content.size
  const atEnd = size > 0 && parentOffset === size
  if (parentOffset > 0 && !atEnd) tr.split(pos)
  const place = atEnd ? $from.after() : parentOffset === 0 ? $from.before() : pos + 1
  // The rule goes before what stands after the caret; at the end of a text that may be nothing.
  const lacking = atEnd && tr.doc.resolve(place).nodeAfter?.isTextblock !== true
  const rule = horizontal_rule.create()
  tr.insert(place, lacking ? [rule, paragraph.create()] : rule)
  return tr.setSelection(Selection.near(tr.doc.resolve(place + 1), 1))
}

/** Backspace at the start of a heading or of an empty code block makes it text. */
export const plainAtStart: Command = (state, dispatch, view) => {
  const { $from, empty } = state.selection
  if (!empty || $from.parentOffset > 0) return false
  const { type, content } = $from.parent
  const plain = type === heading || (type === code_block && content.size === 0)
  return plain && toParagraph(state, dispatch, view)
}

/** Down from the last line of a code block or quote that ends the document: a new paragraph. */
export const leaveDownwards: Command = (state, dispatch, view) => {
  const { $head, empty } = state.selection
  if (!empty || $head.depth === 0 || $head.parentOffset < $head.parent.content.size) return false
  const last = $head.indexAfter(0) === state.doc.childCount
  if (!last || $head.node(1).type === paragraph) return false
  for (let depth = 1; depth < $head.depth; depth++) {
    if ($head.indexAfter(depth) < $head.node(depth).childCount) return false
  }
  if (view !== undefined && !view.endOfTextblock('down')) return false
  return appendParagraph(state, dispatch)
}

/** A new paragraph at the very end of the document, with the caret in it. */
export const appendParagraph: Command = (state, dispatch) => {
  if (dispatch === undefined) return true
  const tr = state.tr.insert(state.doc.content.size, paragraph.create())
  dispatch(tr.setSelection(TextSelection.atEnd(tr.doc)).scrollIntoView())
  return true
}

// As spaces: a tab's width is each reader's own, and code is pasted into programs that have theirs.
const indentation = '  '

/** Tab in code. */
export const indentCode: Command = (state, dispatch) => {
  if (!isCode(state)) return false
  dispatch?.(state.tr.insertText(indentation).scrollIntoView())
  return true
}

/** Shift-Tab in code: takes the line's indentation away, as much as Tab gives. */
export const outdentCode: Command = (state, dispatch) => {
  if (!isCode(state)) return false
  const { $from } = state.selection
  const before = $from.parent.textContent.slice(0, $from.parentOffset)
  const line = before.lastIndexOf('\n') + 1
  const spaces = /^ {0,2}/.exec($from.parent.textContent.slice(line))?.[0].length ?? 0
  if (spaces > 0) dispatch?.(state.tr.delete($from.start() + line, $from.start() + line + spaces))
  return true
}
