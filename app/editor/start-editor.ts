// Starts an editor: puts schema, binding and plugins together in the order they need.
import { dropCursor } from 'prosemirror-dropcursor'
import { gapCursor } from 'prosemirror-gapcursor'
import { EditorState, Plugin, Selection, type Transaction } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { bindBody, type Binding } from './binding'
import { browserCaret, readBrowserCaret } from './browser-caret'
import { caretBlock } from './caret-block'
import { afterBrowserCaret, caretPlugins } from './carets'
import { clipboard } from './clipboard'
import { commands } from './commands'
import type { Editor, EditorOptions } from './editor'
import './editor.css'
import { areaBelow, placeholder } from './empty-places'
import { markdownRules } from './input-rules'
import { keymaps } from './keymap'
import { linkPopover } from './link-popover'
import { links } from './links'
import { plainLeaves } from './plain-leaves'
import { promptSelection } from './prompt-selection'
import { tasks } from './task-item'
import { beginUndoStep, historyInput, undoPlugin } from './undo'
import { wholeCharacters } from './whole-characters'

// What must stay visible around the caret, px: the lines one reads before and after it.
const scrollMargin = { top: 72, bottom: 96, left: 8, right: 8 }

type Listeners = Set<(state: EditorState) => void>

/** All plugins. Where two claim one event, the first gets it. */
function pluginsOf(options: EditorOptions, binding: Binding, rules: Plugin, listeners: Listeners) {
  const tell = (view: EditorView) => {
    for (const listener of listeners) listener(view.state)
  }
  return [
    browserCaret(),
    binding.plugin,
    // Reads the binding's state, so it comes after it.
    undoPlugin(options.undo),
    ...caretPlugins(options.awareness),
    promptSelection(),
    wholeCharacters(),
    plainLeaves(),
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
    new Plugin({ view: () => ({ update: tell }) })
  ]
}

/** Dispatches; what a Markdown shortcut did is taken back without the words around it. */
const dispatchWith = (rules: Plugin, binding: Binding) =>
  function (this: EditorView, made: Transaction): void {
    // y-prosemirror gathers carets in a timer, which may ring after the stop.
    if (this.isDestroyed) return
    const transaction = afterBrowserCaret(this, made)
    const byRule = transaction.getMeta(rules) !== undefined
    if (byRule) beginUndoStep(this.state)
    try {
      this.updateState(this.state.apply(transaction))
    } catch (cause) {
      binding.failed(cause)
      throw cause
    }
    if (byRule) beginUndoStep(this.state)
  }

/** Mounts an editor; `stop` takes it away and leaves document, awareness and undo as they are. */
export function startEditor(options: EditorOptions): Editor {
  let { editable } = options
  const listeners: Listeners = new Set()
  const binding = bindBody(options)
  const rules = markdownRules()
  const plugins = pluginsOf(options, binding, rules, listeners)
  const state = EditorState.create({ doc: binding.doc, plugins })
  binding.guard(state)
  const view = new EditorView(options.mount, {
    state,
    editable: () => editable,
    scrollMargin,
    scrollThreshold: scrollMargin,
    attributes: () => textFieldAttributes(options.label, editable),
    dispatchTransaction: dispatchWith(rules, binding)
  })
  const stopReceiving = options.beforeReceived((updates) => {
    // First, since reading the caret dispatches, and whoever hears of that may throw.
    binding.expect(updates)
    readBrowserCaret(view)
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
    focus: (where) => focusText(view, where),
    run: (name) => editable && commands[name].run(view.state, view.dispatch, view),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      stopReceiving()
      view.destroy()
    }
  }
}

const textFieldAttributes = (label: string, editable: boolean) => ({
  class: 'writing',
  role: 'textbox',
  // A viewer reaches the text by Tab, too, to scroll and to read it.
  tabindex: '0',
  'aria-multiline': 'true',
  'aria-label': label,
  'aria-readonly': String(!editable)
})

function focusText(view: EditorView, where: 'start' | 'end' | undefined): void {
  if (where !== undefined) {
    const { doc, tr } = view.state
    view.dispatch(
      tr.setSelection(where === 'start' ? Selection.atStart(doc) : Selection.atEnd(doc))
    )
  }
  view.focus()
}
