// Keeps selections off the middle of a character that takes two UTF-16 units: an edit that cuts one
// leaves replicas different for ever, with equal state vectors.
import type { ResolvedPos } from 'prosemirror-model'
import { Plugin, TextSelection } from 'prosemirror-state'

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

/** Moves an end of a text selection that stands inside a character to its start. */
export const wholeCharacters = (): Plugin =>
  new Plugin({
    appendTransaction(_transactions, _before, { selection, tr }) {
      if (!(selection instanceof TextSelection)) return null
      const anchor = snapped(selection.$anchor)
      const head = snapped(selection.$head)
      if (anchor === selection.anchor && head === selection.head) return null
      return tr.setSelection(TextSelection.create(tr.doc, anchor, head))
    },
    props: { transformPastedText: withoutHalves, transformPastedHTML: withoutHalves }
  })
