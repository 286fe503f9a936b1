// Where the document's changes are, in words; the sentence behind them and what to do in a popover.
import { computed, type ReadonlySignal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { changesIn, wordsFor, type DocumentStatus } from '../sync/status'
import { exportMenu } from './export-menu'
import type { Safety } from './meridian'
import { pathOf } from './route'
import { ScreenElement } from './screen-element'
import { discOf, isNews } from './words'

class StatusLine extends ScreenElement {
  static override properties = { status: {}, safety: {}, document: {} }
  declare status: ReadonlySignal<DocumentStatus>
  declare safety: Safety
  declare document: DocumentId
  #troubled = false
  /** What a screen reader hears: trouble, and its end. */
  readonly #news = computed(() => {
    const status = this.status.value
    const { label } = wordsFor(status)
    const tells = isNews(status) || (this.#troubled && status.kind === 'saved')
    if (tells) this.#troubled = isNews(status)
    return tells ? label : ''
  })

  protected override render(): TemplateResult {
    const status = this.status.value
    const { label, detail } = wordsFor(status)
    return html`<button class="status" popovertarget="status-detail" data-kind=${status.kind}>
        <span class="disc ${discOf(status)}"></span><span class="words">${label}</span>
        ${this.#count(status)}
      </button>
      <div class="popover start" id="status-detail" popover>
        <p><strong>${label}</strong></p>
        <p class="note">${detail}</p>
        <p class="rowed">
          ${
            status.kind === 'cannot-save'
              ? html`<button class="button" @click=${() => this.safety.retry()}>Try again</button>`
              : nothing
          }
          ${exportMenu(this.safety, this.document, 'this document')}
        </p>
        <p class="note">
          <a href=${pathOf({ kind: 'safety' })}>Everything that is not safe yet</a>
        </p>
      </div>
      <span class="unseen" role="status">${this.#news.value}</span>`
  }

  /** How many changes are on this device only; not while they are on their way and gone in a moment. */
  #count(status: DocumentStatus): TemplateResult | typeof nothing {
    const count = status.kind === 'saving' ? 0 : changesIn(status)
    if (count === 0) return nothing
    return html`<span class="tally" aria-label=${`${count} ${count === 1 ? 'change' : 'changes'}`}
      >${count}</span
    >`
  }
}

customElements.define('meridian-status', StatusLine)
