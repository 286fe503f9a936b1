// The small window at a link: where it leads, and its address to edit or remove.
import { html, nothing, render, type TemplateResult } from 'lit'
import { Check, ExternalLink, Pencil, Unlink } from 'lucide'
import { Plugin, type EditorState, type PluginView } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { hrefFromInput, safeHref } from './href'
import { icon } from './icon'
import './toolbar.css'
import { linkAtSelection, linkEditing, removeLink, setLink } from './links'
import { beside } from './place'

type Mode =
  | { readonly kind: 'closed' }
  | { readonly kind: 'shown'; readonly href: string }
  | { readonly kind: 'editing'; readonly href: string; readonly refused: boolean }

const closed: Mode = { kind: 'closed' }

/** An address as people read it. */
const readable = (href: string): string => href.replace(/^(https?:\/\/|mailto:|tel:)/, '')

class LinkPopover implements PluginView {
  readonly #view: EditorView
  readonly #element = document.createElement('div')
  #mode: Mode = closed
  /** The address that was dismissed with Escape: not shown again until the caret has left it. */
  #dismissed: string | null = null
  #frame = 0
  #rendering = false

  constructor(view: EditorView) {
    this.#view = view
    const element = this.#element
    element.className = 'link-popover'
    element.popover = 'manual'
    element.role = 'dialog'
    element.ariaLabel = 'Link'
    element.addEventListener('keydown', this.#onKey)
    element.addEventListener('focusout', this.#onFocusOut)
    view.dom.after(element)
    view.dom.addEventListener('focus', this.#onFocus)
    view.dom.addEventListener('blur', this.#onFocusOut)
    view.dom.addEventListener('keydown', this.#onTextKey)
    window.addEventListener('scroll', this.#follow, { capture: true, passive: true })
    window.addEventListener('resize', this.#follow)
  }

  update(view: EditorView, before?: EditorState): void {
    if (before !== undefined && before.selection.eq(view.state.selection)) {
      const same = linkEditing.getState(before) === linkEditing.getState(view.state)
      if (same && before.doc === view.state.doc) return
    }
    this.#set(this.#next())
  }

  destroy(): void {
    const { dom } = this.#view
    cancelAnimationFrame(this.#frame)
    dom.removeEventListener('focus', this.#onFocus)
    dom.removeEventListener('blur', this.#onFocusOut)
    dom.removeEventListener('keydown', this.#onTextKey)
    window.removeEventListener('scroll', this.#follow, { capture: true })
    window.removeEventListener('resize', this.#follow)
    this.#element.remove()
  }

  #next(): Mode {
    const { state, editable } = this.#view
    const href = linkAtSelection(state)?.href ?? null
    if (href !== this.#dismissed) this.#dismissed = null
    if (!editable) return closed
    if (linkEditing.getState(state) === true) {
      if (this.#mode.kind === 'editing') return this.#mode
      return { kind: 'editing', href: href ?? '', refused: false }
    }
    const here = this.#view.hasFocus() || this.#element.contains(document.activeElement)
    return href !== null && here && this.#dismissed === null ? { kind: 'shown', href } : closed
  }

  #set(mode: Mode): void {
    const before = this.#mode
    this.#mode = mode
    this.#rendering = true
    render(this.#content(mode), this.#element)
    this.#rendering = false
    if (mode.kind === 'closed') {
      if (before.kind !== 'closed') this.#element.hidePopover()
      return
    }
    if (before.kind === 'closed') this.#element.showPopover()
    this.#follow()
    if (mode.kind === 'editing' && before.kind !== 'editing') {
      const field = this.#element.querySelector('input')
      field?.focus({ preventScroll: true })
      field?.select()
    }
  }

  #content(mode: Mode): TemplateResult | typeof nothing {
    switch (mode.kind) {
      case 'closed':
        return nothing
      case 'shown':
        return this.#shown(mode.href)
      case 'editing':
        return this.#editing(mode)
    }
  }

  #shown(href: string): TemplateResult {
    const safe = safeHref(href)
    return html`
      ${
        safe === null
          ? html`<span class="link-address">${readable(href)}</span>`
          : html`<a class="link-address" href=${safe} target="_blank" rel="noopener noreferrer"
              >${icon(ExternalLink)}<span>${readable(safe)}</span></a
            >`
      }
      <button type="button" class="tool" aria-label="Edit link" @click=${this.#edit}>
        ${icon(Pencil)}
      </button>
      <button type="button" class="tool" aria-label="Remove link" @click=${this.#remove}>
        ${icon(Unlink)}
      </button>
    `
  }

  #editing({ href, refused }: Mode & { kind: 'editing' }): TemplateResult {
    return html`
      <form class="link-form" @submit=${this.#apply}>
        <input
          name="href"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-label="Address of the link"
          aria-invalid=${refused ? 'true' : 'false'}
          aria-describedby=${refused ? 'link-problem' : nothing}
          placeholder="Paste or type an address"
          .value=${href}
        />
        <button type="submit" class="tool" aria-label="Apply">${icon(Check)}</button>
        ${
          href === ''
            ? nothing
            : html`<button
                type="button"
                class="tool"
                aria-label="Remove link"
                @click=${this.#remove}
              >
                ${icon(Unlink)}
              </button>`
        }
      </form>
      ${
        refused
          ? html`<p class="link-problem" id="link-problem" role="alert">
              Use a web address, an e-mail address or a phone number with tel:
            </p>`
          : nothing
      }
    `
  }

  readonly #edit = () => {
    this.#view.dispatch(this.#view.state.tr.setMeta(linkEditing, true))
  }

  readonly #remove = () => {
    removeLink(this.#view.state, this.#view.dispatch)
    this.#view.focus()
  }

  readonly #apply = (event: SubmitEvent) => {
    event.preventDefault()
    const typed = this.#element.querySelector('input')?.value.trim() ?? ''
    if (typed === '') {
      if (!removeLink(this.#view.state, this.#view.dispatch)) this.#leave()
      return this.#view.focus()
    }
    if (hrefFromInput(typed) === null) {
      return this.#set({ kind: 'editing', href: typed, refused: true })
    }
    setLink(typed)(this.#view.state, this.#view.dispatch)
    this.#view.focus()
  }

  #leave(): void {
    if (linkEditing.getState(this.#view.state) !== true) return
    this.#view.dispatch(this.#view.state.tr.setMeta(linkEditing, false))
  }

  readonly #dismiss = () => {
    this.#dismissed = linkAtSelection(this.#view.state)?.href ?? null
    this.#leave()
    this.#set(this.#next())
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.#dismiss()
    this.#view.focus()
  }

  readonly #onTextKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && this.#mode.kind === 'shown') this.#dismiss()
  }

  readonly #onFocus = () => this.#set(this.#next())

  readonly #onFocusOut = (event: FocusEvent) => {
    // Taking a focused field away blurs it, in the middle of the taking.
    if (this.#rendering) return
    const to = event.relatedTarget
    if (to instanceof Node && (this.#element.contains(to) || this.#view.dom.contains(to))) return
    // Focus leaves also when the window does; what is being typed stays then.
    if (this.#mode.kind === 'editing' && !document.hasFocus()) return
    this.#leave()
    this.#set(closed)
  }

  readonly #follow = () => {
    if (this.#mode.kind === 'closed') return
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => {
      if (this.#mode.kind === 'closed') return
      const { from, to } = linkAtSelection(this.#view.state) ?? this.#view.state.selection
      beside(this.#element, this.#view.coordsAtPos(from), this.#view.coordsAtPos(to, -1))
    })
  }
}

/** While the address is edited the selection has no focus, so it is drawn. */
function keptSelection(state: EditorState): DecorationSet | null {
  const { from, to, empty } = state.selection
  if (empty || linkEditing.getState(state) !== true) return null
  return DecorationSet.create(state.doc, [Decoration.inline(from, to, { class: 'kept-selection' })])
}

export const linkPopover = (): Plugin =>
  new Plugin({ props: { decorations: keptSelection }, view: (view) => new LinkPopover(view) })
