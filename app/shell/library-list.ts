// The list itself: one tab stop, arrows from row to row, renaming in place, delete with undo.
import { signal } from '@preact/signals-core'
import { html, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { Pencil, Pin, PinOff, Trash2, Undo2 } from 'lucide'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { titleOf, type LibraryGroup, type LibraryView } from './library-order'
import { libraryRow } from './library-row'
import type { MenuItem } from './menu'
import type { Library, LibraryItem } from './meridian'
import type { Router } from './router'
import { ScreenElement } from './screen-element'
import { attempt, toast } from './toasts'

export class LibraryList extends ScreenElement {
  static override properties = {
    library: {},
    groups: {},
    view: {},
    now: {},
    offline: { type: Boolean },
    router: {}
  }
  declare library: Library
  declare groups: readonly LibraryGroup[]
  declare view: LibraryView
  declare now: number
  declare offline: boolean
  declare router: Router
  /** The row that Tab reaches. */
  readonly #current = signal<DocumentId | null>(null)
  readonly #renaming = signal<DocumentId | null>(null)

  /** Focus to the first row; `open` opens it instead. */
  enter(open: boolean): void {
    const [first] = this.#links()
    if (open) first?.click()
    else first?.focus()
  }

  protected override render(): TemplateResult {
    const reached = this.#reached()
    return html`<div class="groups" @keydown=${this.#key} @focusin=${this.#focused}>
      ${repeat(
        this.groups,
        (group) => group.label,
        (group) => this.#group(group, reached)
      )}
    </div>`
  }

  #group(group: LibraryGroup, reached: DocumentId | null): TemplateResult {
    return html`<section class="railed">
      <h2 class="rail">${group.label}</h2>
      <ul role="list">
        ${repeat(
          group.items,
          (item) => item.document,
          (item) => this.#row(item, reached)
        )}
      </ul>
    </section>`
  }

  #row(item: LibraryItem, reached: DocumentId | null): TemplateResult {
    return libraryRow({
      item,
      view: this.view,
      now: this.now,
      offline: this.offline,
      reached: item.document === reached,
      renaming: this.#renaming.value === item.document,
      actions: () => this.#actions(item),
      onRename: (title) => this.#rename(item, title),
      onRestore: () => this.#restore(item)
    })
  }

  /** The row last focused while it is listed, else the first. */
  #reached(): DocumentId | null {
    const items = this.groups.flatMap((group) => group.items)
    const current = items.find(({ document }) => document === this.#current.value)
    return (current ?? items[0])?.document ?? null
  }

  protected override updated(): void {
    const input = this.querySelector<HTMLInputElement>('input.title')
    if (input === null || input === document.activeElement) return
    input.focus()
    input.select()
  }

  #actions(item: LibraryItem): MenuItem[] {
    const pinning = item.pinned
      ? { label: 'Unpin', icon: PinOff }
      : { label: 'Pin to the top', icon: Pin }
    return [
      { ...pinning, run: () => attempt(() => this.library.pin(item.document, !item.pinned)) },
      { label: 'Rename', icon: Pencil, keys: 'F2', run: () => this.#startRenaming(item) },
      { label: 'Delete', icon: Trash2, keys: 'Del', danger: true, run: () => this.#remove(item) }
    ]
  }

  #startRenaming(item: LibraryItem): void {
    this.#renaming.value = item.document
  }

  /** `title` is null when the person thought better of it. */
  #rename(item: LibraryItem, title: string | null): void {
    if (this.#renaming.value !== item.document) return
    this.#renaming.value = null
    if (title !== null && title !== item.title) {
      attempt(() => this.library.rename(item.document, title))
    }
    void this.updateComplete.then(() => this.#linkOf(item.document)?.focus())
  }

  #remove(item: LibraryItem): void {
    const links = this.#links()
    const at = links.findIndex((link) => link.dataset.document === item.document)
    const neighbour = links[at + 1] ?? links[at - 1]
    const undo = { label: 'Undo', icon: Undo2, run: () => this.#restore(item) }
    attempt(async () => {
      await this.library.remove(item.document)
      toast({ text: `“${titleOf(item)}” is in the bin.`, action: undo })
      neighbour?.focus()
    })
  }

  #restore(item: LibraryItem): void {
    attempt(async () => {
      await this.library.restore(item.document)
      if (this.view.bin) toast({ text: `“${titleOf(item)}” is back among your documents.` })
    })
  }

  readonly #focused = (event: FocusEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('[data-row]')
    if (row !== null) this.#current.value = row.dataset.row as DocumentId
  }

  readonly #key = (event: KeyboardEvent): void => {
    const link = event.target as HTMLElement
    if (!link.matches('a[data-document]') || event.altKey || event.ctrlKey || event.metaKey) return
    const item = this.groups
      .flatMap((group) => group.items)
      .find(({ document }) => document === link.dataset.document)
    if (item === undefined || !this.#act(event.key, link, item)) return
    event.preventDefault()
  }

  /** What a key does on a row; whether it did anything. */
  #act(key: string, link: HTMLElement, item: LibraryItem): boolean {
    const links = this.#links()
    const at = links.findIndex((one) => one === link)
    switch (key) {
      case 'ArrowDown':
        links[at + 1]?.focus()
        return true
      case 'ArrowUp':
        links[at - 1]?.focus()
        return true
      case 'Home':
        links[0]?.focus()
        return true
      case 'End':
        links.at(-1)?.focus()
        return true
      case 'F2':
        if (!this.view.bin) this.#startRenaming(item)
        return true
      case 'Delete':
        if (!this.view.bin) this.#remove(item)
        return true
      default:
        return false
    }
  }

  #links(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('a[data-document]')]
  }

  #linkOf(document: DocumentId): HTMLElement | undefined {
    return this.#links().find((link) => link.dataset.document === document)
  }
}

customElements.define('meridian-library-list', LibraryList)

declare global {
  interface HTMLElementTagNameMap {
    'meridian-library-list': LibraryList
  }
}
