// Starts an editor: puts schema, binding and plugins together in the order they need.
import { dropCursor } from 'prosemirror-dropcursor'
import { gapCursor } from 'prosemirror-gapcursor'
import { EditorState, Plugin, Selection } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { bindBody } from './binding'
import { caretBlock } from './caret-block'
import { caretPlugins } from './carets'
import { clipboard } from './clipboard'
import { commands } from './commands'
import type { Editor, EditorOptions } from './editor'
import './editor.css'
import { areaBelow, placeholder } from './empty-places'
import { markdownRules } from './input-rules'
import { keymaps } from './keymap'
import { linkPopover } from './link-popover'
import { links } from './links'
import { tasks } from './task-item'
import { beginUndoStep, historyInput, undoPlugin } from './undo'
import { wholeCharacters } from './whole-characters'

// What must stay visible around the caret, px: the lines one reads before and after it.
const scrollMargin = { top: 72, bottom: 96, left: 8, right: 8 }

/** Mounts an editor; `stop` takes it away and leaves document, awareness and undo as they are. */
export function startEditor(options: EditorOptions): Editor {
  let { editable } = options
  const listeners = new Set<(state: EditorState) => void>()
  const binding = bindBody(options.body, options.onMended ?? (() => undefined))
  const rules = markdownRules()
  const plugins = [
    binding.plugin,
    undoPlugin(options.undo),
    ...caretPlugins(options.awareness),
    wholeCharacters(),
    historyInput(),
    // Before the clipboard: an address pasted on its own becomes a link.
    links(),
    linkPopover(),
    rules,
    ...keymaps(),
    clipboard(),
    tasks(),
    placeholder(options.placeholder ?? 'Start writing'),
    areaBelow(),
    caretBlock(),
    dropCursor({ color: 'var(--accent)', width: 2 }),
    gapCursor(),
    new Plugin({ view: () => ({ update: (view) => tell(view.state) }) })
  ]
  const tell = (state: EditorState) => {
    for (const listener of listeners) listener(state)
  }
  const state = EditorState.create({ doc: binding.doc, plugins })
  binding.guard(state)

  const view = new EditorView(options.mount, {
    state,
    editable: () => editable,
    scrollMargin,
    scrollThreshold: scrollMargin,
    attributes: () => ({
      class: 'writing',
      role: 'textbox',
      tabindex: '0',
      'aria-multiline': 'true',
      'aria-label': options.label,
      'aria-readonly': String(!editable)
    }),
    dispatchTransaction(this: EditorView, transaction) {
      // What a Markdown shortcut did is taken back without the words before it.
      if (transaction.getMeta(rules) !== undefined) beginUndoStep(this.state)
      // y-prosemirror gathers carets in a timer, which may ring after the stop.
      if (!this.isDestroyed) this.updateState(this.state.apply(transaction))
    }
  })

  return {
    view,
    get editable() {
      return editable
    },
    setEditable(changed) {
      editable = changed
      view.setProps({})
    },
    focus(where) {
      if (where !== undefined) {
        const { doc, tr } = view.state
        view.dispatch(
          tr.setSelection(where === 'start' ? Selection.atStart(doc) : Selection.atEnd(doc))
        )
      }
      view.focus()
    },
    run: (name) => editable && commands[name].run(view.state, view.dispatch, view),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => view.destroy()
  }
}
