// What every screen is built on: a Lit element in light DOM that draws again when a signal changes.
import { effect } from '@preact/signals-core'
import { LitElement, type PropertyValues } from 'lit'

/** Light DOM: one style sheet, ids that labels can name, locators without piercing. */
export class ScreenElement extends LitElement {
  #stop: (() => void) | null = null

  protected override createRenderRoot(): HTMLElement {
    return this
  }

  /** Signals that `render` reads are watched until the next drawing or the end. */
  protected override update(changes: PropertyValues): void {
    this.#stop?.()
    let drawing = true
    this.#stop = effect(() => {
      if (!drawing) return this.requestUpdate()
      drawing = false
      super.update(changes)
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.requestUpdate()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop?.()
    this.#stop = null
  }
}
