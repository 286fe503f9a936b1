// The person's documents: find one, make one.
import { computed, signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import { ArrowUpDown, Plus } from 'lucide'
import { emptyBin, emptyLibrary, nothingFound } from './empty-library'
import { icon } from '../editor/icon'
import { installOffer } from './install-offer'
import './library-list'
import {
  arrange,
  groupsOf,
  sortings,
  sortingWords,
  type LibraryView,
  type Sorting
} from './library-order'
import { lossNotice } from './loss-notice'
import { masthead } from './masthead'
import './menu'
import type { MenuItem } from './menu'
import type { LibraryItem, Meridian } from './meridian'
import { keepPreference, readPreference } from './preference'
import { pathOf } from './route'
import type { Router } from './router'
import { ScreenElement } from './screen-element'
import { attempt } from './toasts'
import { titlePage } from './page-title'

const minuteMs = 60_000

class LibraryScreen extends ScreenElement {
  static override properties = { meridian: {}, router: {}, bin: { type: Boolean } }
  declare meridian: Meridian
  declare router: Router
  declare bin: boolean
  readonly #filter = signal('')
  readonly #sorting = signal<Sorting>(readPreference('sorting', sortings))
  readonly #now = signal(Date.now())
  readonly #kept = computed(() =>
    this.meridian.library.items.value.filter((item) => item.removedAt === null)
  )
  readonly #removed = computed(() =>
    this.meridian.library.items.value.filter((item) => item.removedAt !== null)
  )
  #clock = 0

  override connectedCallback(): void {
    super.connectedCallback()
    this.#clock = window.setInterval(() => (this.#now.value = Date.now()), minuteMs)
    addEventListener('keydown', this.#shortcut)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#clock)
    removeEventListener('keydown', this.#shortcut)
  }

  protected override willUpdate(): void {
    titlePage(this.bin ? 'Bin · Meridian' : 'Meridian')
  }

  protected override render(): TemplateResult {
    return html`${masthead(this.meridian)}
      <main class="page library">
        ${this.#heading()} ${lossNotice(this.meridian.safety)} ${this.#tools()} ${this.#content()}
        ${this.#foot()}
      </main>`
  }

  #heading(): TemplateResult {
    const empty = !this.bin && this.#all.length === 0
    // The invitation to write is all there is to see then; the heading is still there to hear.
    if (empty) return html`<h1 tabindex="-1" class="unseen">Documents</h1>`
    return html`<div class="heading">
      <h1 tabindex="-1">${this.bin ? 'Bin' : 'Documents'}</h1>
      ${this.bin ? html`<a class="button" href="/">Back to documents</a>` : this.#newButton()}
    </div>`
  }

  #newButton(): TemplateResult {
    return html`<button class="button primary" aria-keyshortcuts="Alt+N" @click=${this.#create}>
      ${icon(Plus, 16)} New document
    </button>`
  }

  #tools(): TemplateResult | typeof nothing {
    if (this.#all.length === 0) return nothing
    return html`<div class="tools" role="search">
      <input
        class="field"
        type="search"
        aria-label=${this.bin ? 'Find in the bin' : 'Find a document'}
        placeholder=${this.bin ? 'Find in the bin' : 'Find a document'}
        aria-keyshortcuts="Control+K"
        autocomplete="off"
        spellcheck="false"
        .value=${this.#filter.value}
        @input=${(event: Event) => (this.#filter.value = (event.target as HTMLInputElement).value)}
        @keydown=${this.#leaveFilter}
      />
      ${this.bin ? nothing : this.#sortMenu()}
    </div>`
  }

  #sortMenu(): TemplateResult {
    const current = this.#sorting.value
    const items = (): MenuItem[] =>
      sortings.map((sorting) => ({
        label: sortingWords[sorting],
        checked: sorting === current,
        run: () => {
          this.#sorting.value = sorting
          keepPreference('sorting', sorting)
        }
      }))
    return html`<meridian-menu
      class="sort"
      .label=${`Sorted by: ${sortingWords[current]}`}
      .face=${html`<span>${sortingWords[current]}</span>${icon(ArrowUpDown, 15)}`}
      .items=${items}
    ></meridian-menu>`
  }

  #content(): TemplateResult {
    const view = this.#view
    if (this.#all.length === 0) return this.bin ? emptyBin() : emptyLibrary(this.#newButton())
    const items = arrange(this.#all, view)
    if (items.length === 0) return nothingFound(view.filter, () => (this.#filter.value = ''))
    return html`<meridian-library-list
      .library=${this.meridian.library}
      .groups=${groupsOf(items, view, this.#now.value)}
      .view=${view}
      .now=${this.#now.value}
      .offline=${this.meridian.connection.value.kind === 'offline'}
      .router=${this.router}
    ></meridian-library-list>`
  }

  #foot(): TemplateResult {
    const count = this.#removed.value.length
    const unsafe = this.meridian.safety.unsafe.value.length
    return html`<footer class="foot">
      ${installOffer(this.meridian.installation)}
      ${
        unsafe === 0
          ? nothing
          : html`<a href=${pathOf({ kind: 'safety' })}
              >Not safe yet<span class="count">${unsafe}</span></a
            >`
      }
      ${
        this.bin || count === 0
          ? nothing
          : html`<a href="/bin">Bin<span class="count">${count}</span></a>`
      }
    </footer>`
  }

  get #all(): readonly LibraryItem[] {
    return this.bin ? this.#removed.value : this.#kept.value
  }

  get #view(): LibraryView {
    return { bin: this.bin, filter: this.#filter.value, sorting: this.#sorting.value }
  }

  readonly #create = (): void => {
    attempt(async () => {
      const document = await this.meridian.library.create()
      this.router.go({ kind: 'document', document, key: null })
    })
  }

  readonly #shortcut = (event: KeyboardEvent): void => {
    // By the key's place: Alt+N gives a dead accent on some keyboards.
    if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === 'KeyN') {
      event.preventDefault()
      this.#create()
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      this.querySelector<HTMLInputElement>('input[type=search]')?.focus()
    }
  }

  readonly #leaveFilter = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.#filter.value !== '') {
      event.preventDefault()
      this.#filter.value = ''
    }
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault()
      this.querySelector('meridian-library-list')?.enter(event.key === 'Enter')
    }
  }
}

customElements.define('meridian-library', LibraryScreen)
