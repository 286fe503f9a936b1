// The document's title: one line of shared text above the rest, and the tab's title with it.
import { signal } from '@preact/signals-core'
import { html, type TemplateResult } from 'lit'
import type * as Y from 'yjs'
import { bindTitle } from '../editor/title'
import { ScreenElement } from './screen-element'
import { titlePage } from './page-title'

export class DocumentTitle extends ScreenElement {
  static override properties = { text: {}, editable: { type: Boolean }, onLeave: {} }
  declare text: Y.Text
  declare editable: boolean
  /** Called when Enter leads on to the text. */
  declare onLeave: () => void
  readonly #shown = signal('')
  #stops: (() => void)[] = []

  /** Focus to the heading, which a screen reader says; on a phone no keyboard rises. */
  async announce(): Promise<void> {
    await this.updateComplete
    this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }

  protected override firstUpdated(): void {
    const follow = (): void => {
      this.#shown.value = this.text.toString()
    }
    const field = this.querySelector('textarea')!
    this.text.observe(follow)
    this.#stops = [
      bindTitle({ field, text: this.text, onEnter: () => this.onLeave() }),
      () => this.text.unobserve(follow)
    ]
    follow()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stops) stop()
    this.#stops = []
  }

  protected override render(): TemplateResult {
    const shown = this.#shown.value.trim() === '' ? 'Untitled' : this.#shown.value
    titlePage(`${shown} · Meridian`)
    return html`<h1 class="document-title" tabindex="-1" data-value=${shown}>
      <textarea
        rows="1"
        aria-label="Title"
        placeholder="Untitled"
        enterkeyhint="next"
        ?readonly=${!this.editable}
      ></textarea>
    </h1>`
  }
}

customElements.define('meridian-title', DocumentTitle)

declare global {
  interface HTMLElementTagNameMap {
    'meridian-title': DocumentTitle
  }
}
