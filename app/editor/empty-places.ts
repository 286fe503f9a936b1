// The empty places of the page: words where nothing is written yet, and the area below the text.
import { Plugin, Selection } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { appendParagraph } from './blocks'
import { schema } from './schema'

/** Shows `words` in the first paragraph while it is all there is and empty. */
export const placeholder = (words: string): Plugin =>
  new Plugin({
    props: {
      decorations({ doc }) {
        const only = doc.childCount === 1 ? doc.firstChild : null
        if (only?.type !== schema.nodes.paragraph || only.content.size > 0) return null
        const attrs = { class: 'is-empty', 'data-placeholder': words }
        return DecorationSet.create(doc, [Decoration.node(0, only.nodeSize, attrs)])
      }
    }
  })

function clickBelow(view: EditorView, event: MouseEvent): boolean {
  const last = view.dom.lastElementChild
  if (!view.editable || event.button !== 0 || event.target !== view.dom || last === null)
    return false
  if (event.clientY <= last.getBoundingClientRect().bottom) return false
  event.preventDefault()
  if (view.state.doc.lastChild?.type === schema.nodes.paragraph) {
    const { tr } = view.state
    view.dispatch(tr.setSelection(Selection.atEnd(tr.doc)).scrollIntoView())
  } else appendParagraph(view.state, view.dispatch)
  view.focus()
  return true
}

/** A click below the text goes on writing there, after whatever block is the last. */
export const areaBelow = (): Plugin =>
  new Plugin({ props: { handleDOMEvents: { mousedown: clickBelow } } })
