// Keeps selections and edits off the middle of a character that takes two UTF-16 units: an edit that
// cuts one leaves replicas different for ever, with equal state vectors.
import type { Node, ResolvedPos } from 'prosemirror-model'
import { Plugin, TextSelection } from 'prosemirror-state'
import { ySyncPluginKey } from 'y-prosemirror'

/** Whether `index` lies between the two halves of a surrogate pair of `text`. */
export function splitsCharacter(text: string, index: number): boolean {
  return (
    index > 0 &&
    index < text.length &&
    isHigh(text.charCodeAt(index - 1)) &&
    isLow(text.charCodeAt(index))
  )
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000

/** The text without halves of pairs: they cannot be encoded, so every replica would replace them. */
export const withoutHalves = (text: string): string => text.replace(/\p{Surrogate}/gu, '')

function snapped($position: ResolvedPos): number {
  const { textOffset, pos } = $position
  if (textOffset === 0) return pos
  const { text } = $position.parent.child($position.index())
  return text !== undefined && splitsCharacter(text, textOffset) ? pos - 1 : pos
}

/** How many halves stand alone in the texts of a range, at its ends too. */
function countHalves(doc: Node, from: number, to: number): number {
  let count = 0
  doc.nodesBetween(Math.max(0, from), Math.min(to, doc.content.size), (node, at) => {
    const text = node.text?.slice(Math.max(0, from - at), Math.max(0, to - at)) ?? ''
    count += text.match(/\p{Surrogate}/gu)?.length ?? 0
  })
  return count
}

/** Whether an edit of `before` left halves behind where it was made. */
function cutsCharacter(before: Node, after: Node): boolean {
  const from = before.content.findDiffStart(after.content)
  const ends = before.content.findDiffEnd(after.content)
  if (from === null || ends === null) return false
  const [start, beside] = [from - 1, Math.max(0, from - Math.min(ends.a, ends.b)) + 1]
  return countHalves(after, start, ends.b + beside) > countHalves(before, start, ends.a + beside)
}

/**
 * Moves an end of a text selection that stands inside a character to its start, and lets nothing be done
 * that would leave half a character, such as dropping something into one.
 */
export const wholeCharacters = (): Plugin =>
  new Plugin({
    filterTransaction(transaction) {
      if (!transaction.docChanged || transaction.getMeta(ySyncPluginKey) !== undefined) return true
      return !cutsCharacter(transaction.before, transaction.doc)
    },
    appendTransaction(_transactions, _before, { selection, tr }) {
      if (!(selection instanceof TextSelection)) return null
      const anchor = snapped(selection.$anchor)
      const head = snapped(selection.$head)
      if (anchor === selection.anchor && head === selection.head) return null
      return tr.setSelection(TextSelection.create(tr.doc, anchor, head))
    },
    props: { transformPastedText: withoutHalves, transformPastedHTML: withoutHalves }
  })
