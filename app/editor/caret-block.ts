// Marks the blocks that the selection's ends are in, so that the style sheet always lays them out.
import type { ResolvedPos } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import { Decoration, DecorationSet } from 'prosemirror-view'

/** The outermost block around a position. */
function outermost($position: ResolvedPos): Decoration | null {
  const from = $position.depth > 0 ? $position.before(1) : $position.pos
  const node = $position.doc.nodeAt(from)
  return node && Decoration.node(from, from + node.nodeSize, { class: 'has-caret' })
}

/**
 * A block that has just been made and is `content-visibility: auto` has no layout until the next
 * frame, and Chromium then puts the caret before the first character typed into it.
 */
export const caretBlock = (): Plugin =>
  new Plugin({
    props: {
      decorations({ doc, selection: { $anchor, $head } }) {
        const ends = $anchor.sameParent($head) ? [$head] : [$anchor, $head]
        const marked = ends.map(outermost).filter((decoration) => decoration !== null)
        return DecorationSet.create(doc, marked)
      }
    }
  })
