// The person's devices: add one by a one-time code, join as one, remove one.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import type { DevicesAnswer } from '../../sync-api/protocol/http'
import { confirm } from './confirm'
import type { Identity, Safety } from './meridian'
import { ScreenElement } from './screen-element'
import { openSheet, sheet } from './sheet'
import { makeTask } from './task'
import { toast } from './toasts'
import { dateWords, leftWords, unsentWords } from './words'

type Code = { readonly code: string; readonly until: number }

class DeviceSettings extends ScreenElement {
  static override properties = { identity: {}, safety: {}, offline: { type: Boolean } }
  declare identity: Identity
  declare safety: Safety
  declare offline: boolean
  readonly #devices = signal<DevicesAnswer | null>(null)
  readonly #code = signal<Code | null>(null)
  readonly #now = signal(Date.now())
  readonly #listing = makeTask()
  readonly #adding = makeTask()
  readonly #joining = makeTask()
  #clock = 0

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#clock)
  }

  protected override willUpdate(): void {
    const unknown = this.#devices.peek() === null && this.#listing.problem.peek() === null
    if (unknown && !this.offline) this.#list()
  }

  protected override render(): TemplateResult {
    return html`${this.#deviceList()}
      <p class="problem" role="alert">${this.#listing.problem.value ?? ''}</p>
      <p class="rowed">
        <button
          class="button"
          ?disabled=${this.offline || this.#adding.busy.value}
          @click=${this.#add}
        >
          Add a device
        </button>
        ${this.offline ? html`<span class="note">Needs the network.</span>` : nothing}
      </p>
      <p class="problem" role="alert">${this.#adding.problem.value ?? ''}</p>
      <details class="entry">
        <summary>Enter a code from another device</summary>
        ${this.#form()}
      </details>
      ${this.#code.value === null ? nothing : this.#sheet(this.#code.value)}`
  }

  protected override updated(): void {
    if (this.#code.value !== null) openSheet(this)
  }

  #deviceList(): TemplateResult | typeof nothing {
    const answer = this.#devices.value
    if (answer === null) return nothing
    return html`<ul role="list" class="access">
      ${answer.devices.map((device) => this.#device(device))}
    </ul>`
  }

  #device({ key, name, at }: DevicesAnswer['devices'][number]): TemplateResult {
    const own = key === this.identity.device
    // Only the device a person begins with registers without a name.
    const shown = name === '' ? 'First device' : name
    return html`<li>
      <span class="who">${shown}</span>
      <span class="note">${own ? 'this device' : `since ${dateWords(at)}`}</span>
      ${
        own
          ? nothing
          : html`<button
              class="button quiet"
              aria-label="Remove ${shown}"
              ?disabled=${this.offline || this.#listing.busy.value}
              @click=${() => this.#remove(key, shown)}
            >
              Remove
            </button>`
      }
    </li>`
  }

  #form(): TemplateResult {
    return html`<form class="entry-form" @submit=${this.#join}>
      <label class="label">
        Code
        <input
          class="field code"
          name="code"
          required
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck="false"
        />
      </label>
      <button class="button" ?disabled=${this.offline || this.#joining.busy.value}>
        Join as this device
      </button>
      <p class="problem" role="alert">${this.#joining.problem.value ?? ''}</p>
    </form>`
  }

  #sheet({ code, until }: Code): TemplateResult {
    const over = until <= this.#now.value
    return sheet({
      title: 'Add a device',
      body: html`<p>On the other device, open Meridian, then Settings, Devices, and enter:</p>
        <p class="one-time" translate="no" ?data-over=${over}>${inFours(code)}</p>
        <p class="note" role="timer">
          ${
            over
              ? 'The code has run out. Close this and make a new one.'
              : `Works once, for another ${leftWords(until, this.#now.value)}.`
          }
        </p>`,
      onClose: () => {
        clearInterval(this.#clock)
        this.#code.value = null
        this.#list()
      }
    })
  }

  #list(): void {
    this.#listing.run(async () => {
      this.#devices.value = await this.identity.devices()
    })
  }

  readonly #add = (): void => {
    this.#adding.run(async () => {
      this.#code.value = await this.identity.makeDeviceCode()
      this.#now.value = Date.now()
      this.#clock = window.setInterval(() => (this.#now.value = Date.now()), 1000)
    })
  }

  readonly #join = (event: SubmitEvent): void => {
    event.preventDefault()
    const code = new FormData(event.target as HTMLFormElement).get('code')
    if (typeof code !== 'string') return
    this.#joining.run(async () => {
      const sure = await confirm({
        title: 'Join as the person of this code?',
        text: `${unsentWords(this.safety.unsafe.value)}This browser then shows that person’s documents. Documents written in this browser come along, as new documents of that person; so do edits that were not sent yet. A copy of everything that was here is kept for 30 days.`,
        action: 'Join'
      })
      if (!sure) return
      await this.identity.join(code)
      toast({ text: 'This device has joined. Your documents are on their way.' })
    })
  }

  #remove(key: string, name: string): void {
    this.#listing.run(async () => {
      const sure = await confirm({
        title: `Remove ${name}?`,
        text: 'It can no longer read or write your documents at the relay. What it has stored stays on it.',
        action: 'Remove'
      })
      if (!sure) return
      await this.identity.removeDevice(key)
      this.#devices.value = await this.identity.devices()
    })
  }
}

/** Easier to read aloud; what is copied has no gaps. */
function inFours(code: string): TemplateResult[] {
  return (code.match(/.{1,4}/g) ?? []).map((part) => html`<span>${part}</span>`)
}

customElements.define('meridian-device-settings', DeviceSettings)
