// Short messages at the foot of the screen: what was done, with its undo, and what went wrong.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { X } from 'lucide'
import { icon } from '../editor/icon'
import { UserFacingError } from './meridian'
import { ScreenElement } from './screen-element'

export type Toast = {
  readonly text: string
  readonly action?: { readonly label: string; run(): void }
}

type Shown = Toast & { readonly id: number }

/** Long enough to read and reach the button; the pointer or the focus on it stops the clock. */
const shownMs = 8_000
const shown = signal<readonly Shown[]>([])
let lastId = 0

export function toast(message: Toast): void {
  lastId += 1
  // More than two at once cover the text: the oldest goes.
  shown.value = [...shown.value.slice(-1), { ...message, id: lastId }]
}

/** Says what failed. Expected failures bring their sentence, others are also reported as a bug. */
export function toastFailure(cause: unknown): void {
  if (cause instanceof UserFacingError) {
    toast({ text: cause.message })
    return
  }
  toast({ text: 'That did not work. Try once more; if it fails again, reload the page.' })
  reportError(cause)
}

/** Runs what a control does; its failure becomes a toast. For event handlers. */
export function attempt(run: () => Promise<unknown>): void {
  run().catch(toastFailure)
}

class Toasts extends ScreenElement {
  #timer = 0

  protected override render(): TemplateResult {
    return html`<div
      class="toasts"
      role="status"
      @pointerenter=${this.#pause}
      @focusin=${this.#pause}
      @pointerleave=${this.#run}
      @focusout=${this.#run}
    >
      ${repeat(
        shown.value,
        (one) => one.id,
        (one) => this.#toast(one)
      )}
    </div>`
  }

  protected override updated(): void {
    this.#run()
  }

  #toast(one: Shown): TemplateResult {
    const { action } = one
    return html`<div class="toast">
      <span>${one.text}</span>
      ${
        action === undefined
          ? nothing
          : html`<button
              class="button strong"
              @click=${() => {
                close(one)
                action.run()
              }}
            >
              ${action.label}
            </button>`
      }
      <button class="button icon" aria-label="Close" @click=${() => close(one)}>
        ${icon(X, 16)}
      </button>
    </div>`
  }

  readonly #pause = (): void => clearTimeout(this.#timer)

  readonly #run = (): void => {
    clearTimeout(this.#timer)
    const [oldest] = shown.value
    if (oldest !== undefined) this.#timer = window.setTimeout(() => close(oldest), shownMs)
  }
}

function close(one: Shown): void {
  shown.value = shown.value.filter(({ id }) => id !== one.id)
}

customElements.define('meridian-toasts', Toasts)
