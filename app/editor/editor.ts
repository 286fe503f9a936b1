// The editor's door: mounts a ProseMirror view on a shared type and answers commands and states.
import type { EditorView } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

export type EditorOptions = {
  readonly mount: HTMLElement
  readonly body: Y.XmlFragment
  readonly awareness: Awareness
  readonly undo: Y.UndoManager
  readonly editable: boolean
  /** Words a screen reader says for the text field. */
  readonly label: string
  /** An exception in the binding was caught and mended; for the log, without content. */
  readonly onMended?: (cause: unknown) => void
}

export type Editor = {
  readonly view: EditorView
  setEditable(editable: boolean): void
  focus(where?: 'start' | 'end'): void
  stop(): void
}
