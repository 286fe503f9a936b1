// The recovery key: made and shown once; entered where everything else was lost.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import { Printer } from 'lucide'
import { confirm } from './confirm'
import './copy'
import { icon } from '../editor/icon'
import type { Identity, Safety } from './meridian'
import { ScreenElement } from './screen-element'
import { openSheet, sheet } from './sheet'
import { makeTask } from './task'
import { toast } from './toasts'
import { unsentWords } from './words'

class RecoverySettings extends ScreenElement {
  static override properties = { identity: {}, safety: {}, offline: { type: Boolean } }
  declare identity: Identity
  declare safety: Safety
  declare offline: boolean
  readonly #key = signal<string | null>(null)
  readonly #kept = signal(false)
  readonly #making = makeTask()
  readonly #entering = makeTask()

  protected override render(): TemplateResult {
    return html`<p>
        If you lose all your devices, this key brings you back, with every document. Nobody else has
        it: keep it on paper. A new key replaces the one before.
      </p>
      <p class="rowed">
        <button
          class="button"
          ?disabled=${this.offline || this.#making.busy.value}
          @click=${this.#make}
        >
          Make a recovery key
        </button>
        ${this.offline ? html`<span class="note">Needs the network.</span>` : nothing}
      </p>
      <p class="problem" role="alert">${this.#making.problem.value ?? ''}</p>
      <details class="entry">
        <summary>Enter a recovery key</summary>
        ${this.#form()}
      </details>
      ${this.#key.value === null ? nothing : this.#sheet(this.#key.value)}`
  }

  protected override updated(): void {
    if (this.#key.value !== null) openSheet(this)
  }

  #form(): TemplateResult {
    return html`<form class="entry-form" @submit=${this.#recover}>
      <label class="label">
        Recovery key
        <input
          class="field code"
          name="key"
          required
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
        />
      </label>
      <button class="button" ?disabled=${this.offline || this.#entering.busy.value}>
        Become this person
      </button>
      <p class="problem" role="alert">${this.#entering.problem.value ?? ''}</p>
    </form>`
  }

  #sheet(key: string): TemplateResult {
    return sheet({
      title: 'Your recovery key',
      body: html`<div class="key-sheet">
        <p class="key" translate="no">
          ${key.split(/[\s-]+/).map((group) => html`<span>${group} </span>`)}
        </p>
        <p>
          It is shown only now. Print it, or copy it to where you keep passwords. Whoever has it is
          you.
        </p>
        <meridian-copy class="no-print" .label=${'Recovery key'} .text=${key}></meridian-copy>
        <label class="check no-print">
          <input
            type="checkbox"
            .checked=${this.#kept.value}
            @change=${(event: Event) => (this.#kept.value = (event.target as HTMLInputElement).checked)}
          />
          I have put it in a safe place
        </label>
      </div>`,
      footer: html`<button class="button" @click=${() => print()}>
          ${icon(Printer, 16)} Print
        </button>
        <form method="dialog">
          <button class="button primary" ?disabled=${!this.#kept.value}>Done</button>
        </form>`,
      onClose: () => {
        this.#key.value = null
        this.#kept.value = false
      }
    })
  }

  readonly #make = (): void => {
    this.#making.run(async () => {
      this.#key.value = await this.identity.makeRecoveryKey()
    })
  }

  readonly #recover = (event: SubmitEvent): void => {
    event.preventDefault()
    const key = new FormData(event.target as HTMLFormElement).get('key')
    if (typeof key !== 'string') return
    this.#entering.run(async () => {
      const sure = await confirm({
        title: 'Become the person of this key?',
        text: `${unsentWords(this.safety.unsafe.value)}This browser then shows that person’s documents. Documents written in this browser come along, as new documents of that person; so do edits that were not sent yet. A copy of everything that was here is kept for 30 days.`,
        action: 'Become this person'
      })
      if (!sure) return
      await this.identity.recover(key)
      toast({ text: 'Welcome back. Your documents are on their way.' })
    })
  }
}

customElements.define('meridian-recovery-settings', RecoverySettings)
