// A task in the text: its checkbox, which those who may edit can click.
import type { Node } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import type { EditorView, NodeView } from 'prosemirror-view'
import { schema } from './schema'
import { beginUndoStep } from './undo'

const isChecked = (node: Node) => node.attrs['checked'] === true

function taskView(node: Node, view: EditorView, position: () => number | undefined): NodeView {
  const dom = document.createElement('li')
  const box = document.createElement('input')
  const contentDOM = document.createElement('div')
  box.type = 'checkbox'
  // Tab belongs to the text, where Mod-Enter checks the task.
  box.tabIndex = -1
  box.contentEditable = 'false'
  box.setAttribute('aria-label', 'Done')
  box.disabled = !view.editable
  dom.append(box, contentDOM)

  const show = (shown: Node) => {
    box.checked = isChecked(shown)
    dom.dataset['checked'] = String(isChecked(shown))
  }
  const toggle = () => {
    const at = position()
    const current = at === undefined ? null : view.state.doc.nodeAt(at)
    if (at === undefined || current === null || !view.editable) return show(node)
    beginUndoStep(view.state)
    view.dispatch(view.state.tr.setNodeAttribute(at, 'checked', box.checked))
  }
  // Keeps the caret, and on a phone the keyboard, as they are.
  box.addEventListener('mousedown', (event) => event.preventDefault())
  box.addEventListener('change', toggle)
  show(node)

  return {
    dom,
    contentDOM,
    update(changed) {
      if (changed.type !== schema.nodes.task_item) return false
      node = changed
      show(changed)
      return true
    },
    stopEvent: (event) => event.target === box,
    ignoreMutation: (mutation) =>
      mutation.type !== 'selection' && !contentDOM.contains(mutation.target)
  }
}

/** The plugin; a viewer's boxes cannot be clicked. */
export const tasks = (): Plugin =>
  new Plugin({
    props: { nodeViews: { task_item: taskView } },
    view: (view) => {
      let { editable } = view
      return {
        update() {
          if (view.editable === editable) return
          editable = view.editable
          for (const box of view.dom.querySelectorAll<HTMLInputElement>('input[type=checkbox]')) {
            box.disabled = !editable
          }
        }
      }
    }
  })
