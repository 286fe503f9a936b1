// <meridian-toolbar>: the editor's commands as buttons. One stop of Tab; the arrow keys move inside.
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { ChevronDown } from 'lucide'
import { commands, type CommandName } from './commands'
import type { Editor } from './editor'
import { icon } from './icon'
import { rovingTarget } from './roving'
import { ariaShortcut, shortcutLabel } from './shortcut'
import { startTips } from './tool-tip'
import './toolbar.css'
import { blockTools, toolGroups, type Tool } from './toolbar-groups'

const menuId = 'meridian-block-menu'

export class MeridianToolbar extends LitElement {
  static override readonly properties = { editor: { attribute: false } }

  declare editor: Editor | null
  /** The tool that Tab leads to. */
  #stop = 'block'
  #frame = 0
  #unwatch: (() => void) | null = null
  #stopTips: (() => void) | null = null

  constructor() {
    super()
    this.editor = null
  }

  /** Light DOM: one style sheet, ids that work across, nothing hidden from tests and readers. */
  protected override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#stopTips = startTips(this)
    this.#watch()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    cancelAnimationFrame(this.#frame)
    this.#stopTips?.()
    this.#unwatch?.()
    this.#unwatch = null
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('editor')) this.#watch()
    this.hidden = this.editor === null || !this.editor.editable
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.editor === null) return nothing
    return html`
      <div
        class="toolbar"
        role="toolbar"
        aria-label="Formatting"
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
        @mousedown=${keepFocus}
      >
        ${this.#blockButton()}
        ${toolGroups.map(
          (tools) => html`<span class="tool-line"></span>${tools.map((tool) => this.#tool(tool))}`
        )}
      </div>
      ${this.#blockMenu()}
    `
  }

  #watch(): void {
    this.#unwatch?.()
    this.#unwatch = null
    const { editor } = this
    if (editor === null || !this.isConnected) return
    const unwatch = editor.watch(() => {
      cancelAnimationFrame(this.#frame)
      // Once a frame, off the path of a key: the states of twenty commands are looked up.
      this.#frame = requestAnimationFrame(() => this.requestUpdate())
    })
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F10' || !event.altKey) return
      event.preventDefault()
      this.#current()?.focus()
    }
    const { dom } = editor.view
    dom.addEventListener('keydown', onKey)
    this.#unwatch = () => {
      unwatch()
      dom.removeEventListener('keydown', onKey)
    }
  }

  #tool({ name, icon: node }: Tool): TemplateResult {
    const { label, keys, active, enabled } = commands[name]
    const state = this.editor?.view.state
    if (state === undefined) return html``
    const key = keys[0]
    return html`<button
      type="button"
      class="tool"
      data-tool=${name}
      data-tip=${key === undefined ? label : `${label}\n${shortcutLabel(key)}`}
      tabindex=${this.#stop === name ? 0 : -1}
      aria-label=${label}
      aria-keyshortcuts=${key === undefined ? nothing : ariaShortcut(key)}
      aria-pressed=${active === null ? nothing : String(active(state))}
      aria-disabled=${enabled(state) ? 'false' : 'true'}
      @click=${(event: MouseEvent) => this.#run(name, event)}
    >
      ${icon(node)}
    </button>`
  }

  #blockButton(): TemplateResult {
    const label = commands[this.#block() ?? 'paragraph'].label
    return html`<button
      type="button"
      class="tool tool-block"
      data-tool="block"
      data-tip="Style of the paragraph"
      tabindex=${this.#stop === 'block' ? 0 : -1}
      aria-label=${`Style: ${this.#block() === null ? 'Other' : label}`}
      aria-haspopup="menu"
      aria-expanded="false"
      aria-controls=${menuId}
      popovertarget=${menuId}
    >
      <span>${this.#block() === null ? 'Style' : label}</span>${icon(ChevronDown, 14)}
    </button>`
  }

  #blockMenu(): TemplateResult {
    const current = this.#block()
    return html`<div
      class="tool-menu"
      id=${menuId}
      popover
      role="menu"
      aria-label="Style"
      @toggle=${this.#onToggle}
      @keydown=${this.#onMenuKey}
    >
      ${blockTools.map(({ name, icon: node }) => {
        const { label, keys } = commands[name]
        return html`<button
          type="button"
          role="menuitemradio"
          class=${`tool-choice is-${name}`}
          tabindex="-1"
          aria-checked=${String(name === current)}
          @mousedown=${keepFocus}
          @click=${() => this.#choose(name)}
        >
          ${icon(node)}<span>${label}</span><kbd>${shortcutLabel(keys[0] ?? '')}</kbd>
        </button>`
      })}
    </div>`
  }

  /** Which of the block menu's styles the selection has. */
  #block(): CommandName | null {
    const state = this.editor?.view.state
    if (state === undefined) return null
    return blockTools.find(({ name }) => commands[name].active?.(state))?.name ?? null
  }

  #run(name: CommandName, event: MouseEvent): void {
    const { editor } = this
    if (editor === null) return
    const fromPointer = event.detail > 0
    if (fromPointer) editor.view.focus()
    // From the keyboard the focus stays, so that several tools can be used one after the other.
    editor.run(name)
  }

  #choose(name: CommandName): void {
    this.editor?.run(name)
    // First the focus: closing would give it back to the button.
    this.editor?.view.focus()
    this.#menu()?.hidePopover()
  }

  #menu(): HTMLElement | null {
    return this.querySelector(`#${menuId}`)
  }

  #tools(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[data-tool]')]
  }

  #current(): HTMLElement | null {
    return this.querySelector(`[data-tool="${this.#stop}"]`)
  }

  readonly #onToggle = (event: ToggleEvent) => {
    const open = event.newState === 'open'
    this.querySelector('[data-tool="block"]')?.setAttribute('aria-expanded', String(open))
    const menu = this.#menu()
    if (!open || menu === null) return
    const button = this.querySelector('[data-tool="block"]')?.getBoundingClientRect()
    if (button !== undefined) menu.style.translate = `${button.left}px ${button.bottom + 6}px`
    const items = menu.querySelector<HTMLElement>('[aria-checked="true"], [role^="menuitem"]')
    ;(menu.querySelector<HTMLElement>('[aria-checked="true"]') ?? items)?.focus()
  }

  readonly #onMenuKey = (event: KeyboardEvent) => {
    const items = [...(this.#menu()?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
    if (event.key === 'Tab') this.#menu()?.hidePopover()
    const target = rovingTarget(items, document.activeElement, event.key, 'vertical')
    if (target === null) return
    event.preventDefault()
    target.focus()
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      this.editor?.view.focus()
      return
    }
    const target = rovingTarget(this.#tools(), document.activeElement, event.key, 'horizontal')
    if (target === null) return
    event.preventDefault()
    target.focus()
  }

  readonly #onFocus = (event: FocusEvent) => {
    const tool = event.target instanceof HTMLElement ? event.target.dataset['tool'] : undefined
    if (tool === undefined || tool === this.#stop) return
    this.#stop = tool
    this.requestUpdate()
  }
}

/** A click must not take the caret, nor on a phone the keyboard, from the text. */
const keepFocus = (event: MouseEvent): void => event.preventDefault()

customElements.define('meridian-toolbar', MeridianToolbar)

declare global {
  interface HTMLElementTagNameMap {
    'meridian-toolbar': MeridianToolbar
  }
}
