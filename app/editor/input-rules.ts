// What becomes a heading, a list, a mark while it is typed, as in Markdown.
import {
  InputRule,
  inputRules,
  textblockTypeInputRule,
  wrappingInputRule
} from 'prosemirror-inputrules'
import type { Attrs, MarkType, NodeType } from 'prosemirror-model'
import { TextSelection, type EditorState, type Plugin, type Transaction } from 'prosemirror-state'
import { findWrapping } from 'prosemirror-transform'
import { addRule } from './blocks'
import { languageOf } from './nodes'
import { schema } from './schema'

const { heading, blockquote, bullet_list, ordered_list, task_list, task_item, code_block } =
  schema.nodes
const { bold, italic, code, strike } = schema.marks

/**
 * A mark from the text between two delimiters.
 * @param pattern three groups: what stands before, the delimiter, the text
 */
function markRule(pattern: RegExp, type: MarkType): InputRule {
  const handler = (state: EditorState, match: RegExpMatchArray, start: number, end: number) => {
    const [, before = '', delimiter = '', inner = ''] = match
    if (!state.doc.resolve(start).parent.type.allowsMarkType(type)) return null
    const opening = start + before.length
    const from = opening + delimiter.length
    const to = from + inner.length
    // The last character was typed but is not in the document: `end` lies before it.
    const tr = state.tr.delete(to, end).delete(opening, from)
    return tr.addMark(opening, opening + inner.length, type.create()).removeStoredMark(type)
  }
  return new InputRule(pattern, handler, { inCodeMark: false })
}

function block(pattern: RegExp, type: NodeType, attrs?: (match: RegExpMatchArray) => Attrs) {
  return textblockTypeInputRule(pattern, type, attrs)
}

/** A task list from `[ ] ` or `[x] `, also as the first thing in a bulleted item. */
const taskRule = new InputRule(/^\[([ xX]?)\]\s$/, (state, match, start, end) => {
  const attrs = { checked: match[1]?.toLowerCase() === 'x' }
  const tr = state.tr.delete(start, end)
  const $start = tr.doc.resolve(start)
  const inItem = $start.depth > 2 && $start.node(-1).type === schema.nodes.list_item
  if (inItem) return onlyItemToTask(tr, start, attrs)
  const range = $start.blockRange()
  const wrapping = range === null ? null : findWrapping(range, task_list)
  if (range === null || wrapping === null) return null
  tr.wrap(range, wrapping)
  return tr.setNodeAttribute(start, 'checked', attrs.checked)
})

function onlyItemToTask(tr: Transaction, start: number, attrs: Attrs): Transaction | null {
  const $start = tr.doc.resolve(start)
  const list = $start.node(-2)
  if (list.childCount > 1 || $start.node(-1).firstChild !== $start.parent) return null
  const task = task_list.create(null, task_item.create(attrs, $start.node(-1).content))
  tr.replaceWith($start.before(-2), $start.after(-2), task)
  return tr.setSelection(TextSelection.create(tr.doc, start))
}

const ruleRule = new InputRule(/^(?:---|—-|\*\*\*)$/, (state, _match, start, end) =>
  addRule(state.tr.delete(start, end))
)

const startOf = (match: RegExpMatchArray) => Number(match[1])

const rules: readonly InputRule[] = [
  block(/^(#{1,3})\s$/, heading, (match) => ({ level: match[1]?.length ?? 1 })),
  block(/^```([\w+#.-]*)\s$/, code_block, (match) => ({ language: languageOf(match[1]) })),
  wrappingInputRule(/^\s*>\s$/, blockquote),
  wrappingInputRule(/^\s*[-+*]\s$/, bullet_list),
  wrappingInputRule(
    /^\s*(\d{1,9})[.)]\s$/,
    ordered_list,
    (match) => ({ start: startOf(match) }),
    (match, list) => list.childCount + Number(list.attrs['start']) === startOf(match)
  ),
  taskRule,
  ruleRule,
  markRule(/(^|[^*])(\*\*)([^*\s](?:[^*]*[^*\s])?)\*\*$/, bold),
  markRule(/(^|[^_\p{L}\p{N}])(__)([^_\s](?:[^_]*[^_\s])?)__$/u, bold),
  markRule(/(^|[^*])(\*)([^*\s](?:[^*]*[^*\s])?)\*$/, italic),
  markRule(/(^|[^_\p{L}\p{N}])(_)([^_\s](?:[^_]*[^_\s])?)_$/u, italic),
  markRule(/(^|[^~])(~~)([^~\s](?:[^~]*[^~\s])?)~~$/, strike),
  markRule(/(^|[^`])(`)([^`]+)`$/, code)
]

/** The plugin; Backspace right after a rule takes its effect back. */
export const markdownRules = (): Plugin => inputRules({ rules })
