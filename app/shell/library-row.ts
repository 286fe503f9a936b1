// One document in the library: its title, when, and what there is to know before opening it.
import { html, nothing, type TemplateResult } from 'lit'
import { Ellipsis } from 'lucide'
import { icon } from '../editor/icon'
import { timeOf, titleOf, type LibraryView } from './library-order'
import type { MenuItem } from './menu'
import type { LibraryItem } from './meridian'
import { pathOf } from './route'
import { dateWords, roleWords, whenWords } from './words'

export type LibraryRow = {
  readonly item: LibraryItem
  readonly view: LibraryView
  readonly now: number
  readonly offline: boolean
  /** Whether Tab reaches this row. */
  readonly reached: boolean
  readonly renaming: boolean
  actions(): MenuItem[]
  onRename(title: string | null): void
  onRestore(): void
}

export function libraryRow(row: LibraryRow): TemplateResult {
  const { item, view } = row
  const missing = !item.onDevice && row.offline
  return html`<li class="row" data-row=${item.document} ?data-missing=${missing}>
    ${row.renaming ? renaming(row) : link(row)} ${facts(row)}
    ${
      view.bin
        ? html`<button class="button" @click=${row.onRestore}>Restore</button>`
        : html`<meridian-menu
            .label=${`More for ${titleOf(item)}`}
            .face=${icon(Ellipsis)}
            .items=${row.actions}
            .quiet=${!row.reached}
          ></meridian-menu>`
    }
  </li>`
}

function link({ item, reached }: LibraryRow): TemplateResult {
  return html`<a
    class="title"
    href=${pathOf({ kind: 'document', document: item.document, key: null })}
    data-document=${item.document}
    tabindex=${reached ? 0 : -1}
    ?data-untitled=${item.title.trim() === ''}
    ><span class="name">${titleOf(item)}</span></a
  >`
}

function renaming({ item, onRename }: LibraryRow): TemplateResult {
  const end = (event: Event): string => (event.target as HTMLInputElement).value.trim()
  return html`<input
    class="field title"
    aria-label="New title"
    placeholder=${titleOf({ title: '' })}
    .value=${item.title}
    @blur=${(event: Event) => onRename(end(event))}
    @keydown=${(event: KeyboardEvent) => {
      // Enter that ends a composition of an input method is not the person's Enter.
      if (event.isComposing) return
      if (event.key === 'Enter') onRename(end(event))
      if (event.key === 'Escape') onRename(null)
    }}
  />`
}

function facts({ item, view, now }: LibraryRow): TemplateResult {
  const at = timeOf(item, view)
  const shared = item.role !== null && item.role !== 'owner'
  return html`<span class="facts">
    ${
      item.unacknowledged > 0
        ? html`<span class="fact"><span class="disc half"></span>on this device only</span>`
        : nothing
    }
    ${item.onDevice ? nothing : html`<span class="fact">not on this device</span>`}
    ${
      shared && item.role !== null
        ? html`<span class="fact role">${roleWords[item.role]}</span>`
        : nothing
    }
    ${
      at === null
        ? nothing
        : html`<time datetime=${new Date(at).toISOString()} title=${dateWords(at)}
            >${whenWords(at, now)}</time
          >`
    }
  </span>`
}
