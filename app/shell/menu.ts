// A button with a menu: a native popover, one tab stop, arrows, Home, End and first letters.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import { Check, type IconNode } from 'lucide'
import { icon } from '../editor/icon'
import { rovingTarget } from '../editor/roving'
import { ScreenElement } from './screen-element'

export type MenuItem = {
  readonly label: string
  readonly icon?: IconNode
  /** How the same is done by keys, to be learnt. */
  readonly keys?: string
  readonly danger?: boolean
  /** Set for one choice among several. */
  readonly checked?: boolean
  run(): void
}

let lastId = 0

export class Menu extends ScreenElement {
  static override properties = { label: {}, face: {}, items: {}, quiet: { type: Boolean } }
  /** What a screen reader calls the button. */
  declare label: string
  /** What the button shows. */
  declare face: unknown
  declare items: () => readonly MenuItem[]
  /** Out of the tab order, for rows whose focus is roving. */
  declare quiet: boolean
  readonly #open = signal(false)
  readonly #id = `menu-${++lastId}`

  protected override render(): TemplateResult {
    const open = this.#open.value
    return html`<button
        class="button icon"
        aria-label=${this.label}
        aria-haspopup="menu"
        aria-expanded=${open}
        tabindex=${this.quiet ? -1 : 0}
        popovertarget=${this.#id}
      >
        ${this.face}
      </button>
      <div
        class="popover menu"
        id=${this.#id}
        role="menu"
        aria-label=${this.label}
        popover
        @toggle=${this.#toggled}
        @keydown=${this.#move}
      >
        ${open ? this.items().map((item) => this.#item(item)) : nothing}
      </div>`
  }

  #item(item: MenuItem): TemplateResult {
    return html`<button
      role=${item.checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked=${item.checked ?? nothing}
      class=${item.danger === true ? 'danger' : nothing}
      tabindex="-1"
      @click=${() => {
        this.#popover.hidePopover()
        item.run()
      }}
      @pointermove=${(event: PointerEvent) => (event.currentTarget as HTMLElement).focus()}
    >
      ${item.icon === undefined ? nothing : icon(item.icon, 16)}
      ${item.checked === undefined ? nothing : html`<span class="tick">${icon(Check, 16)}</span>`}
      <span>${item.label}</span>
      ${item.keys === undefined ? nothing : html`<kbd aria-hidden="true">${item.keys}</kbd>`}
    </button>`
  }

  get #popover(): HTMLElement {
    return this.querySelector<HTMLElement>('[popover]')!
  }

  readonly #toggled = async (event: ToggleEvent): Promise<void> => {
    this.#open.value = event.newState === 'open'
    await this.updateComplete
    if (!this.#open.value) return
    const entries = this.#entries()
    const checked = entries.find((entry) => entry.ariaChecked === 'true')
    ;(checked ?? entries[0])?.focus()
  }

  readonly #move = (event: KeyboardEvent): void => {
    const entries = this.#entries()
    const next =
      rovingTarget(entries, document.activeElement, event.key, 'vertical') ??
      startingWith(entries, event.key)
    if (event.key === 'Tab') this.#popover.hidePopover()
    if (next === null) return
    event.preventDefault()
    event.stopPropagation()
    next.focus()
  }

  #entries(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role^="menuitem"]')]
  }
}

/** The next entry that begins with a typed letter; null for any other key. */
function startingWith(entries: readonly HTMLElement[], key: string): HTMLElement | null {
  if (key.length !== 1 || key === ' ') return null
  const at = entries.findIndex((entry) => entry === document.activeElement)
  const later = [...entries.slice(at + 1), ...entries.slice(0, at + 1)]
  const words = (entry: HTMLElement): string => (entry.textContent ?? '').trim().toLowerCase()
  return later.find((entry) => words(entry).startsWith(key.toLowerCase())) ?? null
}

customElements.define('meridian-menu', Menu)
