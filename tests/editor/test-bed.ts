// A writer's desk for tests: an editor on a Y.Doc of its own, keys to press, people to connect.
import { TextSelection } from 'prosemirror-state'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Editor } from '../../app/editor/editor'
import { startEditor } from '../../app/editor/start-editor'
import { createListeners } from '../../app/store/listeners'
import { entryZero } from '../../sync-api/protocol/entry-zero'

export type Writer = {
  readonly doc: Y.Doc
  readonly body: Y.XmlFragment
  readonly awareness: Awareness
  readonly undo: Y.UndoManager
  readonly editor: Editor
  readonly mended: unknown[]
  /** Applies what somebody else wrote, all of it at once. */
  receive(...updates: readonly Uint8Array[]): void
  /** The document as ProseMirror prints it, without the outer `doc(...)`. */
  text(): string
  /** Types as a person does: rules apply, and plain text goes in. */
  type(text: string): Writer
  /** Presses keys, as `Enter` or `Mod-Shift-8`. */
  press(...keys: string[]): Writer
  /** Puts the caret, or the ends of a selection, at the given words; `|` marks an end. */
  select(words: string): Writer
  paste(html: string): Writer
}

export type Desk = {
  readonly editable?: boolean
  readonly name?: string
  readonly doc?: Y.Doc
  /** Edits within this time are one step to undo, ms; Yjs's own half a second when left out. */
  readonly captureTimeout?: number
}

const open = new Set<Editor>()
/** The origin of what others wrote. */
export const network = Symbol('network')

/** Takes all editors away; for `afterEach`. */
export function clearDesks(): void {
  for (const editor of open) editor.stop()
  open.clear()
  document.body.replaceChildren()
}

export function writer(desk: Desk = {}): Writer {
  const { editable = true, name = 'Ada', doc = new Y.Doc(), captureTimeout = 500 } = desk
  Y.applyUpdate(doc, entryZero)
  const body = doc.getXmlFragment('body')
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', { name, color: 3 })
  const undo = new Y.UndoManager(body, { trackedOrigins: new Set(), captureTimeout })
  const mended: unknown[] = []
  const receiving = createListeners<readonly Uint8Array[]>()
  const mount = document.body.appendChild(document.createElement('div'))
  const editor = startEditor({
    mount,
    body,
    awareness,
    undo,
    isMine: (client) => client === doc.clientID,
    beforeReceived: (listener) => receiving.add(listener),
    editable,
    label: 'Document',
    onMended: (cause) => mended.push(cause)
  })
  open.add(editor)
  const { view } = editor
  const one: Writer = {
    doc,
    body,
    awareness,
    undo,
    editor,
    mended,
    receive(...updates) {
      try {
        receiving.call(updates)
      } catch (cause) {
        // As a replica does: told of, and received all the same.
        mended.push(cause)
      }
      const apply = () => {
        for (const update of updates) Y.applyUpdate(doc, update, network)
      }
      Y.transact(doc, apply, network, false)
    },
    text: () => view.state.doc.toString().slice('doc('.length, -1),
    type(text) {
      for (const character of text) typeCharacter(one, character)
      return one
    },
    press(...keys) {
      for (const key of keys) pressKey(one, key)
      return one
    },
    select(words) {
      selectWords(one, words)
      return one
    },
    paste(html) {
      view.pasteHTML(html, new Event('paste') as ClipboardEvent)
      return one
    }
  }
  return one
}

function typeCharacter({ editor: { view } }: Writer, character: string): void {
  const { from, to } = view.state.selection
  const plain = () => view.state.tr.insertText(character, from, to).scrollIntoView()
  const handled = view.someProp('handleTextInput', (handle) =>
    handle(view, from, to, character, plain)
  )
  if (handled !== true) view.dispatch(plain())
}

function pressKey({ editor: { view } }: Writer, name: string): void {
  const parts = name.split('-')
  const key = parts.pop() ?? ''
  const shiftKey = parts.includes('Shift')
  const event = new KeyboardEvent('keydown', {
    key: shiftKey && key.length === 1 ? key.toUpperCase() : key,
    keyCode: key.length === 1 ? key.toUpperCase().charCodeAt(0) : 0,
    ctrlKey: parts.includes('Mod'),
    altKey: parts.includes('Alt'),
    shiftKey,
    cancelable: true
  })
  view.someProp('handleKeyDown', (handle) => handle(view, event))
}

/** `one|` puts the caret after "one"; `on|e two|` selects; the words must stand in one block. */
function selectWords({ editor: { view } }: Writer, marked: string): void {
  const words = marked.replaceAll('|', '')
  let found: number | null = null
  view.state.doc.descendants((node, position) => {
    if (!node.isTextblock || found !== null) return
    const at = node.textBetween(0, node.content.size, null, '\ufffc').indexOf(words)
    if (at >= 0) found = position + 1 + at
  })
  if (found === null) throw new Error(`No block has the words ${JSON.stringify(words)}`)
  const first = marked.indexOf('|')
  const second = marked.indexOf('|', first + 1)
  const anchor = found + first
  const head = second < 0 ? anchor : found + second - 1
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, anchor, head)))
}

/** Connects writers; while `hold` is on their updates wait, and `release` delivers them all. */
export function connect(...writers: readonly Writer[]): { hold(): void; release(): void } {
  let held: (() => void)[] | null = null
  for (const from of writers) {
    from.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === network) return
      const deliver = () => {
        for (const to of writers) if (to !== from) to.receive(update)
      }
      if (held === null) deliver()
      else held.push(deliver)
    })
  }
  const exchange = () => {
    for (const from of writers) {
      const all = Y.encodeStateAsUpdate(from.doc)
      for (const to of writers) if (to !== from) to.receive(all)
    }
  }
  exchange()
  return {
    hold: () => (held = []),
    release() {
      const waiting = held ?? []
      held = null
      for (const deliver of waiting) deliver()
      // What receivers cleaned up while they received is theirs to send too.
      exchange()
    }
  }
}
