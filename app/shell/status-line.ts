// Where the document's changes are, in words; the sentence behind them in a popover.
import { computed, type ReadonlySignal } from '@preact/signals-core'
import { html, type TemplateResult } from 'lit'
import { wordsFor, type DocumentStatus } from '../sync/status'
import { ScreenElement } from './screen-element'
import { discOf, isNews } from './words'

class StatusLine extends ScreenElement {
  static override properties = { status: {} }
  declare status: ReadonlySignal<DocumentStatus>
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
      </button>
      <div class="popover start" id="status-detail" popover>
        <p><strong>${label}</strong></p>
        <p class="note">${detail}</p>
      </div>
      <span class="unseen" role="status">${this.#news.value}</span>`
  }
}

customElements.define('meridian-status', StatusLine)
