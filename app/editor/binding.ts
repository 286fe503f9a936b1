// Binds a ProseMirror view to a shared type through y-prosemirror, so that its throws cost no text.
import type { Node } from 'prosemirror-model'
import { NodeSelection, Selection, type EditorState, type Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import {
  initProseMirrorDoc,
  relativePositionToAbsolutePosition,
  ySyncPlugin,
  ySyncPluginKey
} from 'y-prosemirror'
import * as Y from 'yjs'
import type { EditorOptions } from './editor'
import { keepUnseen, type Before } from './keep-unseen'
import { schema } from './schema'
import { isTakenAway, unseenRanges } from './unseen'

export type Binding = {
  readonly plugin: Plugin
  /** What the view starts with: rendered from the shared type. */
  readonly doc: Node
  /** To be called with the first state, before a view is made of it. */
  guard(state: EditorState): void
  /** Told of updates of others before they are applied to the shared type. */
  expect(updates: readonly Uint8Array[]): void
}

type RelativeSelection = {
  readonly type: string
  readonly anchor: Y.RelativePosition | null
  readonly head: Y.RelativePosition | null
}

/** What of y-prosemirror 1.3.7's ProsemirrorBinding is reached into, and nothing else. */
type YBinding = {
  readonly doc: Y.Doc
  readonly type: Y.XmlFragment
  readonly mapping: Map<Y.AbstractType<unknown>, Node | Node[]>
  readonly prosemirrorView: EditorView | null
  readonly mux: (run: () => void) => void
  beforeTransactionSelection: RelativeSelection | null
  beforeAllTransactions: () => void
  _observeFunction: (events: Y.YEvent<Y.XmlFragment>[], transaction: Y.Transaction) => void
  _prosemirrorChanged(doc: Node): void
  _forceRerender(): void
}

/** `onMended` is told of each exception that was caught, after the view was rendered anew. */
export function bindBody(options: Pick<EditorOptions, 'body' | 'isMine' | 'onMended'>): Binding {
  const { body, isMine, onMended = () => undefined } = options
  const { doc, mapping } = initProseMirrorDoc(body, schema)
  let expected: readonly Uint8Array[] = []
  return {
    plugin: ySyncPlugin(body, { mapping }),
    // A document with no paragraph has no place for a caret, nor for an input method to compose in.
    doc: doc.childCount > 0 ? doc : (schema.topNodeType.createAndFill() as Node),
    guard(state) {
      const binding: YBinding = ySyncPluginKey.getState(state).binding
      const look = (transaction: Y.Transaction) =>
        lookBefore(binding, transaction, expected, isMine)
      guardBinding(binding, look, onMended)
    },
    expect(updates) {
      expected = updates
    }
  }
}

/**
 * y-prosemirror leaves the view behind the shared type when it throws, and the next key would then
 * write the old view over other people's text. So: every entrance is guarded, a throw is followed by
 * rendering anew from the shared type, and while that has not worked the view may not write.
 */
function guardBinding(
  binding: YBinding,
  look: (transaction: Y.Transaction) => Before | null,
  onMended: (cause: unknown) => void
): void {
  let stale = false

  const mend = (cause: unknown): void => {
    stale = true
    try {
      renderAnew(binding)
      stale = false
    } catch (second) {
      onMended(new AggregateError([cause, second], 'The view could not be rendered anew'))
      return
    }
    onMended(cause)
  }

  const received = binding._observeFunction
  binding._observeFunction = (events, transaction) => {
    const selected = relaxNodeSelection(binding)
    try {
      const before = look(transaction)
      received(events, transaction)
      if (selected !== null) restoreNodeSelection(binding, selected)
      if (before !== null) putBack(binding, before)
    } catch (cause) {
      mend(cause)
    }
  }

  const changed = binding._prosemirrorChanged.bind(binding)
  binding._prosemirrorChanged = (doc) => {
    // A view that is behind would take back what others wrote since.
    if (stale) return queueMicrotask(() => mend(new Error('The view was behind the shared type')))
    try {
      changed(doc)
    } catch (cause) {
      stale = true
      // The binding's mutex is held here, and it drops what is rendered meanwhile.
      queueMicrotask(() => mend(cause))
    }
  }

  // Thrown from here, an exception would leave the Y.Doc inside a transaction for ever.
  const before = binding.beforeAllTransactions
  binding.beforeAllTransactions = () => {
    try {
      before()
    } catch {
      // Where the caret was is not known; it stays at the same offset.
      binding.beforeTransactionSelection = null
    }
  }
}

/** Renders the whole view from the shared type, with the caret as near as possible. */
function renderAnew(binding: YBinding): void {
  const view = binding.prosemirrorView
  if (view === null) return
  const { from } = view.state.selection
  // With any selection of before the transaction it lets ProseMirror map the view's own; without
  // one it would make a text selection at the old offsets, where there may be no text now.
  binding.beforeTransactionSelection = { type: 'text', anchor: null, head: null }
  binding._forceRerender()
  binding.beforeTransactionSelection = null
  const { doc, tr } = view.state
  const at = doc.resolve(Math.min(from, doc.content.size))
  binding.mux(() => view.dispatch(tr.setSelection(Selection.near(at))))
}

/**
 * A selected node that someone else deletes makes y-prosemirror throw in the middle of a change
 * (yjs/y-prosemirror#202), so it is given as a text selection, which it restores with care.
 */
function relaxNodeSelection(binding: YBinding): RelativeSelection | null {
  const before = binding.beforeTransactionSelection
  if (before === null || before.type !== 'node') return null
  binding.beforeTransactionSelection = { ...before, type: 'text' }
  return before
}

/** Selects the node again, if it is still there: its successor was never selected. */
function restoreNodeSelection(binding: YBinding, { anchor }: RelativeSelection): void {
  const { doc, type, mapping, prosemirrorView: view } = binding
  if (view === null || anchor === null || anchor.item === null) return
  if (Y.getItem(doc.store, anchor.item).deleted) return
  const position = relativePositionToAbsolutePosition(doc, type, anchor, mapping)
  const node = position === null ? null : view.state.doc.nodeAt(position)
  if (position === null || node === null || !NodeSelection.isSelectable(node)) return
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, position)))
}

/** What a change takes away that its writer had not seen, and where the caret is; null without any. */
function lookBefore(
  binding: YBinding,
  transaction: Y.Transaction,
  updates: readonly Uint8Array[],
  isMine: (client: number) => boolean
): Before | null {
  const { prosemirrorView: view } = binding
  if (view === null || transaction.local || transaction.deleteSet.clients.size === 0) return null
  const { doc, selection } = view.state
  const { $anchor, $head } = selection
  const lost = {
    anchor: isTakenAway(binding, $anchor.parent),
    head: isTakenAway(binding, $head.parent)
  }
  // Who may only read has nothing to put back, and must not try.
  const unseen = view.editable ? unseenRanges(binding, transaction, updates, isMine) : []
  return unseen.length > 0 || lost.anchor || lost.head ? { doc, selection, unseen, lost } : null
}

function putBack({ prosemirrorView: view }: YBinding, before: Before): void {
  const transaction = view === null ? null : keepUnseen(before, view.state)
  if (transaction !== null) view?.dispatch(transaction)
}
