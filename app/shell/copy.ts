// A text to copy: by the clipboard where the page may use it, else selected for the person's own keys.
import { signal } from '@preact/signals-core'
import { html, type TemplateResult } from 'lit'
import { Check, Copy } from 'lucide'
import { icon } from '../editor/icon'
import { ScreenElement } from './screen-element'

type Outcome = 'waiting' | 'copied' | 'selected'

export class CopyField extends ScreenElement {
  static override properties = { label: {}, text: {} }
  declare label: string
  declare text: string
  readonly #outcome = signal<Outcome>('waiting')

  protected override render(): TemplateResult {
    const outcome = this.#outcome.value
    return html`<div class="copy">
        <input
          class="field"
          readonly
          aria-label=${this.label}
          .value=${this.text}
          @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()}
        />
        <button class="button primary" @click=${this.#copy}>
          ${icon(outcome === 'copied' ? Check : Copy, 16)}
          ${outcome === 'copied' ? 'Copied' : 'Copy'}
        </button>
      </div>
      <p class="note" role="status">
        ${outcome === 'selected' ? 'Selected. Press Ctrl+C or ⌘C to copy it.' : ''}
      </p>`
  }

  readonly #copy = async (): Promise<void> => {
    this.#outcome.value = (await toClipboard(this.text)) ? 'copied' : 'selected'
    if (this.#outcome.value === 'selected') this.querySelector('input')?.select()
  }
}

async function toClipboard(text: string): Promise<boolean> {
  // Undefined on plain http; refused where the browser or the person forbids it.
  if (navigator.clipboard === undefined) return false
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false
  )
}

customElements.define('meridian-copy', CopyField)
