// Binds a ProseMirror view to a shared type through y-prosemirror, so that its faults cost no text.
//
// y-prosemirror deletes what its schema refuses while it renders, and writes an old view over other
// people's text after an exception. So it renders nothing here, and writes only what is known to be
// newer than the shared type.
import { Slice, type Node, type ResolvedPos } from 'prosemirror-model'
import { Selection, type EditorState, type Plugin } from 'prosemirror-state'
import { ySyncPlugin, ySyncPluginKey } from 'y-prosemirror'
import * as Y from 'yjs'
import type { EditorOptions } from './editor'
import { keepUnseen, type Before } from './keep-unseen'
import { joinOwnTexts } from './neighbours'
import { renderBody, type Mapping } from './render'
import { sharedForm, sharedMapping } from './shared-form'
import { isTakenAway, unseenRanges } from './unseen'
import { hasPlace, selectAgain, type YBinding, type YMapping } from './y-binding'

export type Binding = {
  readonly plugin: Plugin
  /** What the view starts with: rendered from the shared type. */
  readonly doc: Node
  /** To be called with the first state, before a view is made of it. */
  guard(state: EditorState): void
  /** Told of updates of others before they are applied to the shared type. */
  expect(updates: readonly Uint8Array[]): void
  /** Told of what a dispatch threw: the view may show what was not written. */
  failed(cause: unknown): void
}

/** `onMended` is told of each exception that was caught, after the view was rendered anew. */
export function bindBody(options: Pick<EditorOptions, 'body' | 'isMine' | 'onMended'>): Binding {
  const { body, isMine, onMended = () => undefined } = options
  const mapping: Mapping = new Map()
  const doc = renderBody(body, mapping)
  let expected: readonly Uint8Array[] = []
  let failed: Binding['failed'] = () => undefined
  return {
    plugin: ySyncPlugin(body, { mapping: mapping as YMapping }),
    doc,
    guard(state) {
      const binding: YBinding = ySyncPluginKey.getState(state).binding
      failed = guardBinding(binding, doc, {
        look: (transaction, shown) => lookBefore(binding, shown, transaction, expected, isMine),
        onMended
      })
    },
    expect(updates) {
      expected = updates
    },
    failed: (cause) => failed(cause)
  }
}

type Guarding = {
  look(transaction: Y.Transaction, shown: Node): Before | null
  onMended(cause: unknown): void
}

/**
 * Guards every entrance: a throw is followed by rendering anew from the shared type, and while that has
 * not worked the view may not write. `shown` is what view and shared type agree on. Answers what is to
 * be told of a dispatch that threw.
 */
function guardBinding(
  binding: YBinding,
  shown: Node,
  { look, onMended }: Guarding
): Binding['failed'] {
  let stale = false

  function mend(cause: unknown, attempt: Node | null = null, agreed: Node = shown): void {
    stale = true
    binding.mapping.clear()
    try {
      shown = show(binding, null) ?? shown
      stale = false
    } catch (second) {
      onMended(new AggregateError([cause, second], 'The view could not be rendered anew'))
      return
    }
    if (attempt !== null && shown.eq(agreed)) writeAgain(binding, attempt)
    onMended(cause)
  }

  // The binding's mutex is held where exceptions are thrown, and it drops what is rendered meanwhile.
  function mendSoon(cause: unknown, attempt: Node | null = null): void {
    stale = true
    // What others write until then is not in the attempt, which would take it back.
    const agreed = shown
    queueMicrotask(() => binding.prosemirrorView !== null && mend(cause, attempt, agreed))
  }

  binding._observeFunction = (_, transaction) => {
    if (binding.prosemirrorView === null) return
    if (isHeld(binding)) {
      if (transaction.origin !== ySyncPluginKey) mendSoon(new Error('Changed while it was shown'))
      return
    }
    let before: Before | null = null
    try {
      before = look(transaction, shown)
      if (stale) binding.mapping.clear()
      shown = show(binding, transaction) ?? shown
      stale = false
    } catch (cause) {
      mend(cause)
    }
    // One that was rendered anew shows the change as well, and lacks what that took away unseen.
    if (stale) return
    try {
      if (before !== null) putBack(binding, before)
      joinOwnTexts(binding, transaction)
    } catch (cause) {
      mend(cause)
    }
  }

  const write = binding._prosemirrorChanged.bind(binding)
  let attempted: Node | null = null
  binding._prosemirrorChanged = (doc) => {
    if (doc === shown) return
    // A view that is behind would take back what others wrote since; a reader's has nothing to say.
    if (stale) return mendSoon(new Error('The view was behind the shared type'))
    if (binding.prosemirrorView?.editable !== true) return mendSoon(new Error('A reader wrote'))
    const { mapping } = binding
    binding.mapping = sharedMapping(mapping)
    try {
      write(sharedForm(doc))
      shown = doc
      attempted = null
    } catch (cause) {
      unwritten(cause, doc)
    } finally {
      binding.mapping = mapping
    }
  }

  // Once more, by itself: what was typed stands in the view and nowhere else.
  function unwritten(cause: unknown, doc: Node): void {
    mendSoon(cause, attempted === null ? doc : null)
    attempted = doc
  }

  guardSelection(binding)
  return (cause) => {
    const { prosemirrorView: view } = binding
    // What throws while it is shown is mended where it is shown.
    if (view === null || view.state.doc === shown || isHeld(binding)) return
    if (stale) mendSoon(cause)
    else unwritten(cause, view.state.doc)
  }
}

/** Thrown from there, an exception would leave the Y.Doc inside a transaction for ever. */
function guardSelection(binding: YBinding): void {
  const before = binding.beforeAllTransactions
  binding.beforeAllTransactions = () => {
    const { prosemirrorView: view } = binding
    try {
      before()
      if (view === null || hasPlace(binding, view.state.selection)) return
      binding.beforeTransactionSelection = null
    } catch {
      // Where the caret was is not known; it stays at the same offset.
      binding.beforeTransactionSelection = null
    }
  }
}

/** Whether the view is being rendered or written just now. */
function isHeld({ mux }: YBinding): boolean {
  let held = true
  mux(() => {
    held = false
  })
  return held
}

/**
 * Renders what the transaction changed, or with none whatever is not rendered, and shows it; answers
 * what the shared type is rendered as.
 */
function show(binding: YBinding, transaction: Y.Transaction | null): Node | null {
  const { type, mapping, prosemirrorView: view } = binding
  if (view === null) return null
  if (transaction !== null) forget(mapping, transaction)
  const rendered = renderBody(type, mapping)
  const { state } = view
  const tr = state.tr.setMeta('addToHistory', false)
  tr.replace(0, state.doc.content.size, new Slice(rendered.content, 0, 0))
  if (transaction !== null) selectAgain(binding, state.selection, tr)
  else
    tr.setSelection(
      Selection.near(tr.doc.resolve(Math.min(state.selection.from, tr.doc.content.size)))
    )
  const isUndoRedoOperation = transaction?.origin instanceof Y.UndoManager
  tr.setMeta(ySyncPluginKey, { isChangeOrigin: true, isUndoRedoOperation })
  const moves = transaction !== null && binding.beforeTransactionSelection !== null
  if (moves && binding._isLocalCursorInView()) tr.scrollIntoView()
  binding.mux(() => view.dispatch(tr))
  return tr.doc
}

function forget(mapping: Mapping, transaction: Y.Transaction): void {
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentType) {
      mapping.delete(struct.content.type)
    }
  })
  for (const type of transaction.changed.keys()) mapping.delete(type)
  for (const type of transaction.changedParentTypes.keys()) mapping.delete(type)
}

/** Makes the view what it was when writing failed, and so has it written once more. */
function writeAgain({ prosemirrorView: view }: YBinding, attempt: Node): void {
  if (view === null) return
  const { doc, tr } = view.state
  const from = doc.content.findDiffStart(attempt.content)
  const ends = doc.content.findDiffEnd(attempt.content)
  if (from === null || ends === null) return
  const over = Math.max(0, from - Math.min(ends.a, ends.b))
  view.dispatch(tr.replace(from, ends.a + over, attempt.slice(from, ends.b + over)))
}

/**
 * What a change takes away that its writer had not seen, and where the caret is; null without any. Places
 * are those of `shown`: a view that could not be written has others, and its caret stays out of it.
 */
function lookBefore(
  binding: YBinding,
  shown: Node,
  transaction: Y.Transaction,
  updates: readonly Uint8Array[],
  isMine: (client: number) => boolean
): Before | null {
  const { prosemirrorView: view } = binding
  if (view === null || transaction.local || transaction.deleteSet.clients.size === 0) return null
  const { doc, selection } = view.state
  const agrees = doc === shown || doc.eq(shown)
  const isLost = ({ parent }: ResolvedPos) => agrees && isTakenAway(binding, parent)
  const lost = { anchor: isLost(selection.$anchor), head: isLost(selection.$head) }
  // Who may only read has nothing to put back, and must not try.
  const unseen = view.editable ? unseenRanges(binding, transaction, updates, isMine) : []
  if (unseen.length === 0 && !lost.anchor && !lost.head) return null
  return { doc: shown, selection: agrees ? selection : null, unseen, lost }
}

function putBack({ prosemirrorView: view }: YBinding, before: Before): void {
  const transaction = view === null ? null : keepUnseen(before, view.state)
  if (transaction !== null) view?.dispatch(transaction)
}
