// The editor's door: mounts a ProseMirror view on a shared type and answers commands and states.
import type { EditorState } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { CommandName } from './commands'

export type EditorOptions = {
  readonly mount: HTMLElement
  readonly body: Y.XmlFragment
  /** Its local state has `user: {name, color}` (color 0-11); the editor adds `cursor`. */
  readonly awareness: Awareness
  /** Stays its maker's: the editor teaches it what to track and never destroys it. */
  readonly undo: Y.UndoManager
  /** Whether this editor answers for what this client of Yjs inserted: puts it back when it is moved unseen. */
  readonly isMine: (client: number) => boolean
  /** Calls each time before what others wrote enters `body`, with it; answers how to end that. */
  readonly beforeReceived: (listener: (updates: readonly Uint8Array[]) => void) => () => void
  readonly editable: boolean
  /** Words a screen reader says for the text field. */
  readonly label: string
  /** Words in an empty document. */
  readonly placeholder?: string
  /** An exception in the binding was caught and mended; for the log, without content. */
  readonly onMended?: (cause: unknown) => void
}

export type Editor = {
  readonly view: EditorView
  readonly editable: boolean
  setEditable(editable: boolean): void
  focus(where?: 'start' | 'end'): void
  /** Runs a named command on the selection; false where it does not apply. */
  run(name: CommandName): boolean
  /** Calls after every change of text, selection or editability; answers how to end that. */
  watch(listener: (state: EditorState) => void): () => void
  stop(): void
}
