// Reads the browser's selection before a key is handled, and not only when the browser tells of it.
import { Plugin, TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

/** The selection that the browser has now, or null where it is none of the text's. */
function selectionInDom(view: EditorView): TextSelection | null {
  const selection = document.getSelection()
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? {}
  if (!anchorNode || !focusNode || anchorOffset === undefined || focusOffset === undefined)
    return null
  if (!view.dom.contains(anchorNode) || !view.dom.contains(focusNode)) return null
  const { doc } = view.state
  const $anchor = doc.resolve(view.posAtDOM(anchorNode, anchorOffset))
  const $head = doc.resolve(view.posAtDOM(focusNode, focusOffset))
  if (!$anchor.parent.inlineContent || !$head.parent.inlineContent) return null
  return TextSelection.create(doc, $anchor.pos, $head.pos)
}

/**
 * Chromium fires `selectionchange` in a task of low priority: on a busy device Shift-End and Mod-B
 * in quick succession would make bold what was selected before.
 */
export const promptSelection = (): Plugin =>
  new Plugin({
    props: {
      handleDOMEvents: {
        keydown(view, event) {
          const { selection, tr } = view.state
          const writing = view.editable && view.hasFocus()
          if (!writing || event.isComposing || view.composing) return false
          if (!(selection instanceof TextSelection)) return false
          const current = selectionInDom(view)
          if (current !== null && !current.eq(selection)) view.dispatch(tr.setSelection(current))
          return false
        }
      }
    }
  })
