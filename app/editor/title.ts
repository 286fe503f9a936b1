// Binds a text field to a Y.Text, so that several people can edit a title at once.
import { simpleDiffStringWithCursor } from 'lib0/diff'
import * as Y from 'yjs'
import { keepOrdinary } from './ordinary-undo'
import { withoutHalves } from './whole-characters'

export type TitleOptions = {
  readonly field: HTMLInputElement | HTMLTextAreaElement
  readonly text: Y.Text
  /** Enter was pressed: go on to the body. */
  readonly onEnter?: () => void
}

type Delta = Y.YTextEvent['delta']

/** Where an offset is after a delta; at an insertion it goes after it when `sticky` is false. */
export function mapOffset(delta: Delta, offset: number, sticky: 'before' | 'after'): number {
  let old = 0
  let mapped = offset
  for (const { retain, insert, delete: removed } of delta) {
    if (retain !== undefined) old += retain
    else if (removed !== undefined) {
      mapped -= Math.max(0, Math.min(offset, old + removed) - old)
      old += removed
    } else if (typeof insert === 'string') {
      if (old < offset || (old === offset && sticky === 'after')) mapped += insert.length
    }
    if (old > offset) break
  }
  return mapped
}

/** Starts binding; what it answers stops it. The field keeps its caret when others type. */
export function bindTitle({ field, text, onEnter }: TitleOptions): () => void {
  const binding = new TitleBinding(field, text, onEnter)
  return () => binding.stop()
}

class TitleBinding {
  readonly #field: TitleOptions['field']
  readonly #text: Y.Text
  readonly #onEnter: (() => void) | undefined
  readonly #undo: Y.UndoManager
  readonly #stopKeeping: () => void
  readonly #listening = new AbortController()
  /** What the field and the shared text last agreed on. */
  #shown: string
  /** What others did while an input method composes: the field must not be touched then. */
  #held: Delta[] = []
  #composing = false

  constructor(field: TitleOptions['field'], text: Y.Text, onEnter: (() => void) | undefined) {
    this.#field = field
    this.#text = text
    this.#onEnter = onEnter
    this.#undo = new Y.UndoManager(text, { trackedOrigins: new Set([this]) })
    this.#stopKeeping = keepOrdinary(this.#undo)
    this.#shown = text.toString()
    field.value = this.#shown
    const { signal } = this.#listening
    const listen = (name: string, listener: (event: Event) => void) =>
      field.addEventListener(name, listener, { signal })
    listen('input', () => this.#push())
    listen('compositionstart', () => (this.#composing = true))
    listen('compositionend', () => {
      this.#composing = false
      this.#push()
    })
    listen('keydown', (event) => this.#onKey(event as KeyboardEvent))
    listen('beforeinput', (event) => this.#onBeforeInput(event as InputEvent))
    text.observe(this.#received)
  }

  stop(): void {
    this.#listening.abort()
    this.#text.unobserve(this.#received)
    this.#stopKeeping()
    this.#undo.destroy()
  }

  /** Writes the field's difference to the shared text, and nothing else. */
  #push(): void {
    if (this.#composing) return
    const field = this.#field
    const value = withoutHalves(field.value).replace(/[\r\n]+/g, ' ')
    const { index, remove, insert } = simpleDiffStringWithCursor(
      this.#shown,
      value,
      field.selectionStart ?? value.length
    )
    const through = (offset: number, sticky: 'before' | 'after') =>
      this.#held.reduce((at, delta) => mapOffset(delta, at, sticky), offset)
    const from = through(index, 'after')
    const to = Math.max(from, through(index + remove, 'before'))
    const held = this.#held.length > 0
    this.#held = []
    if (remove > 0 || insert !== '') {
      this.#text.doc?.transact(() => {
        if (to > from) this.#text.delete(from, to - from)
        if (insert !== '') this.#text.insert(from, insert)
      }, this)
    }
    this.#show(held || field.value !== value ? from + insert.length : null)
  }

  /** @param caret where to put it, or null to leave it to the browser */
  #show(caret: number | null): void {
    this.#shown = this.#text.toString()
    if (this.#field.value === this.#shown) return
    this.#field.value = this.#shown
    if (caret !== null && document.activeElement === this.#field) {
      this.#field.setSelectionRange(caret, caret)
    }
  }

  readonly #received = (event: Y.YTextEvent, transaction: Y.Transaction) => {
    if (transaction.origin === this) return
    if (this.#composing) {
      this.#held.push(event.delta)
      return
    }
    const { selectionStart, selectionEnd, selectionDirection } = this.#field
    const focused = document.activeElement === this.#field
    this.#shown = this.#text.toString()
    this.#field.value = this.#shown
    // Setting a selection in a field without focus would scroll to it in WebKit.
    if (!focused || selectionStart === null || selectionEnd === null) return
    this.#field.setSelectionRange(
      mapOffset(event.delta, selectionStart, 'before'),
      mapOffset(event.delta, selectionEnd, 'before'),
      selectionDirection ?? 'none'
    )
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return
    const key = event.key.toLowerCase()
    const mod = (event.ctrlKey || event.metaKey) && !event.altKey
    if (mod && (key === 'z' || key === 'y')) {
      event.preventDefault()
      if (key === 'y' || event.shiftKey) this.#undo.redo()
      else this.#undo.undo()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      this.#onEnter?.()
    }
  }

  /** Undo from a menu or a gesture: the browser's own knows nothing of other people. */
  #onBeforeInput(event: InputEvent): void {
    if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return
    event.preventDefault()
    if (event.inputType === 'historyUndo') this.#undo.undo()
    else this.#undo.redo()
  }
}
