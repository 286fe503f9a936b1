// Says that a new release waits. It is taken when the person says so, never under their hands.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import type { Release } from './meridian'
import { ScreenElement } from './screen-element'
import { attempt } from './toasts'

class ReleasePrompt extends ScreenElement {
  static override properties = { release: {} }
  declare release: Release
  readonly #later = signal(false)

  protected override render(): TemplateResult {
    const asks = this.release.waiting.value && !this.#later.value
    return html`<div class="toasts" role="status">
      ${
        asks
          ? html`<div class="toast">
              <span>A new version is ready.</span>
              <button class="button strong" @click=${() => attempt(() => this.release.take())}>
                Reload
              </button>
              <button class="button" @click=${() => (this.#later.value = true)}>Later</button>
            </div>`
          : nothing
      }
    </div>`
  }
}

customElements.define('meridian-release', ReleasePrompt)
