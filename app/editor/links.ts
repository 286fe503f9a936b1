// Links: where they are, how they are made, changed, removed, pasted and recognised while typing.
import { Plugin, PluginKey, type Command, type EditorState } from 'prosemirror-state'
import { hrefFromInput, safeHref } from './href'
import { schema } from './schema'
import { beginUndoStep } from './undo'

const { link } = schema.marks

/** Whether the link popover is asked to edit: set by a command, cleared by the popover. */
export const linkEditing = new PluginKey<boolean>('link-editing')

export type LinkRange = { readonly from: number; readonly to: number; readonly href: string }

/** The link that the caret is in or at, or that the selection lies within. */
export function linkAtSelection({ selection }: EditorState): LinkRange | null {
  const { $from, to } = selection
  const { parent } = $from
  const markOf = (index: number) => link.isInSet(parent.maybeChild(index)?.marks ?? [])
  const here = $from.index()
  const index = markOf(here) === undefined && $from.textOffset === 0 ? here - 1 : here
  const mark = index < 0 ? undefined : markOf(index)
  if (mark === undefined) return null
  let first = index
  let last = index
  while (first > 0 && markOf(first - 1)?.eq(mark)) first -= 1
  while (markOf(last + 1)?.eq(mark)) last += 1
  const range = { from: $from.posAtIndex(first), to: $from.posAtIndex(last + 1) }
  return to <= range.to ? { ...range, href: String(mark.attrs['href']) } : null
}

/** Whether there is something that a link could be put on. */
export function canLink(state: EditorState): boolean {
  const { $from, empty } = state.selection
  if (!$from.parent.inlineContent || !$from.parent.type.allowsMarkType(link)) return false
  return !empty || $from.parent.isTextblock
}

/** Opens the popover with the address in its field. */
export const openLink: Command = (state, dispatch) => {
  if (!canLink(state)) return false
  dispatch?.(state.tr.setMeta(linkEditing, true))
  return true
}

/**
 * Puts the address on the link at the selection, else on the selected text, else inserts it as text.
 * Answers false where the address is none that a link may carry.
 */
export const setLink =
  (typed: string): Command =>
  (state, dispatch) => {
    const href = hrefFromInput(typed)
    if (href === null || !canLink(state)) return false
    if (dispatch === undefined) return true
    beginUndoStep(state)
    const mark = link.create({ href })
    const { from, to } = linkAtSelection(state) ?? state.selection
    const tr = state.tr.setMeta(linkEditing, false)
    if (from === to) tr.replaceSelectionWith(schema.text(typed.trim(), [mark]), false)
    else tr.removeMark(from, to, link).addMark(from, to, mark)
    dispatch(tr.removeStoredMark(link).scrollIntoView())
    return true
  }

/** Takes the link at the selection away and leaves its text. */
export const removeLink: Command = (state, dispatch) => {
  const range = linkAtSelection(state)
  if (range === null) return false
  if (dispatch !== undefined) {
    beginUndoStep(state)
    dispatch(state.tr.removeMark(range.from, range.to, link).setMeta(linkEditing, false))
  }
  return true
}

// An address and the punctuation that ends its sentence.
const addressBeforeCaret =
  /(?:^|[\s(])((?:https?:\/\/|www\.)[^\s<>"]*[^\s<>".,:;!?'()[{])([.,:;!?')]*)$/

// Longer ones are pasted, not typed.
const typedAddressMax = 500

/** Makes a link of an address that ends at the caret; never claims the key that was pressed. */
export const linkTypedAddress: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  if (!empty || !canLink(state)) return false
  const { parent, parentOffset, pos } = $from
  const start = Math.max(0, parentOffset - typedAddressMax)
  const before = parent.textBetween(start, parentOffset, null, '\ufffc')
  const [, typed = '', rest = ''] = addressBeforeCaret.exec(before) ?? []
  const href = hrefFromInput(typed)
  if (href === null) return false
  const to = pos - rest.length
  const from = to - typed.length
  const taken = [link, schema.marks.code].some((type) => state.doc.rangeHasMark(from, to, type))
  if (!taken) {
    dispatch?.(state.tr.addMark(from, to, link.create({ href })).removeStoredMark(link))
  }
  return false
}

/** Recognises addresses as they are typed and pasted, and opens links that are asked for. */
export const links = (): Plugin =>
  new Plugin<boolean>({
    key: linkEditing,
    state: {
      init: () => false,
      apply(transaction, editing) {
        const asked: unknown = transaction.getMeta(linkEditing)
        return typeof asked === 'boolean' ? asked : editing
      }
    },
    props: {
      handleTextInput(view, _from, _to, text) {
        if (text === ' ') linkTypedAddress(view.state, view.dispatch)
        return false
      },
      handleKeyDown(view, event) {
        if (event.key === 'Enter' && !view.composing) linkTypedAddress(view.state, view.dispatch)
        return false
      },
      handlePaste(view, event) {
        const pasted = event.clipboardData?.getData('text/plain').trim() ?? ''
        const href = /^\S+$/.test(pasted) ? safeHref(pasted) : null
        if (href === null || !canLink(view.state)) return false
        return setLink(href)(view.state, view.dispatch)
      },
      handleClick(view, _position, event) {
        const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
        // A viewer's click follows the link by itself.
        if (anchor === null || !view.editable || !(event.metaKey || event.ctrlKey)) return false
        const href = safeHref(anchor.getAttribute('href'))
        if (href !== null) window.open(href, '_blank', 'noopener,noreferrer')
        return true
      }
    }
  })
