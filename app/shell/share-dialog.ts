// Sharing a document: make a link, see who has access, take it back.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import type { RightsAnswer } from '../../sync-api/protocol/http'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { linkRoles, type LinkRole } from '../../sync-api/protocol/roles'
import './copy'
import { UserFacingError, type Meridian } from './meridian'
import { ScreenElement } from './screen-element'
import { shareList } from './share-list'
import { openSheet, sheet } from './sheet'
import { roleWords } from './words'

export class ShareDialog extends ScreenElement {
  static override properties = { meridian: {}, document: {} }
  declare meridian: Meridian
  declare document: DocumentId
  readonly #open = signal(false)
  readonly #rights = signal<RightsAnswer | null>(null)
  readonly #role = signal<LinkRole>('editor')
  readonly #link = signal<{ url: string; role: LinkRole } | null>(null)
  readonly #busy = signal(false)
  readonly #problem = signal<string | null>(null)

  show(): void {
    this.#link.value = null
    this.#problem.value = null
    this.#open.value = true
    this.#run(async () => undefined)
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#open.value) return nothing
    const online = this.meridian.connection.value.kind === 'online'
    return sheet({
      title: 'Share',
      body: html`<div class="share-body">
        ${
          online
            ? nothing
            : html`<p class="banner warning" role="status">
                Sharing needs the network. Everything else works without it.
              </p>`
        }
        ${this.#making(online)}
        <p class="problem" role="alert">${this.#problem.value ?? ''}</p>
        ${this.#list(online)}
      </div>`,
      onClose: () => (this.#open.value = false)
    })
  }

  protected override updated(): void {
    if (this.#open.value) openSheet(this)
  }

  #making(online: boolean): TemplateResult {
    const link = this.#link.value
    return html`<form class="make-link" @submit=${this.#make}>
        <fieldset class="choice" ?disabled=${!online}>
          <legend class="unseen">What the link allows</legend>
          ${linkRoles.map((role) => this.#roleChoice(role))}
        </fieldset>
        <button
          class="button ${link === null ? 'primary' : ''}"
          ?disabled=${!online || this.#busy.value}
        >
          Make a link
        </button>
      </form>
      ${
        link === null
          ? nothing
          : html`<div class="new-link">
              <meridian-copy .label=${'The new link'} .text=${link.url}></meridian-copy>
              <p class="note">
                Anyone with this link ${roleWords[link.role]}. It is shown only now; you can take it
                back below at any time.
              </p>
            </div>`
      }`
  }

  #roleChoice(role: LinkRole): TemplateResult {
    return html`<label>
      <input
        type="radio"
        name="role"
        .checked=${this.#role.value === role}
        @change=${() => (this.#role.value = role)}
      />
      ${roleLabels[role]}
    </label>`
  }

  #list(online: boolean): TemplateResult | typeof nothing {
    const rights = this.#rights.value
    if (rights === null) {
      return online && this.#busy.value
        ? html`<p class="note">Looking who has access…</p>`
        : nothing
    }
    const { sharing, identity } = this.meridian
    return shareList(rights, identity.profile.value, !online || this.#busy.value, {
      withdrawLink: (link) => this.#run(() => sharing.withdrawLink(this.document, link)),
      grant: (person, role, name) =>
        this.#run(() => sharing.grant(this.document, person, role, name)),
      withdraw: (person) => this.#run(() => sharing.withdraw(this.document, person))
    })
  }

  readonly #make = (event: Event): void => {
    event.preventDefault()
    const role = this.#role.value
    this.#run(async () => {
      const url = await this.meridian.sharing.makeLink(this.document, role)
      this.#link.value = { url, role }
    })
  }

  /** One change at a time, then the list as the relay has it. */
  #run(change: () => Promise<void>): void {
    if (this.meridian.connection.value.kind !== 'online') return
    this.#busy.value = true
    this.#problem.value = null
    change()
      .then(async () => (this.#rights.value = await this.meridian.sharing.rights(this.document)))
      .catch((cause: unknown) => {
        if (!(cause instanceof UserFacingError)) reportError(cause)
        this.#problem.value =
          cause instanceof UserFacingError ? cause.message : 'That did not work. Try once more.'
      })
      .finally(() => (this.#busy.value = false))
  }
}

/** The role as an offer: what the holder of the link can do. */
const roleLabels: Record<LinkRole, string> = {
  viewer: 'Can read',
  commenter: 'Can comment',
  editor: 'Can edit'
}

customElements.define('meridian-share', ShareDialog)

declare global {
  interface HTMLElementTagNameMap {
    'meridian-share': ShareDialog
  }
}
