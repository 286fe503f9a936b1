// An open document: header, title, text, and what the person must know about both.
import { effect, untracked } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import { ArrowLeft, UserPlus } from 'lucide'
import { atLeast, type Role } from '../../sync-api/protocol/roles'
import { contentRoots } from '../../sync-api/protocol/roots'
import type { Editor } from '../editor/editor'
import { startEditor } from '../editor/start-editor'
import '../editor/toolbar'
import './document-title'
import { icon } from '../editor/icon'
import type { Meridian, OpenDocument, RecoveredCopy } from './meridian'
import './people-stack'
import { pathOf } from './route'
import type { Router } from './router'
import { ScreenElement } from './screen-element'
import './share-dialog'
import './status-line'
import { attempt } from './toasts'
import { dateWords } from './words'

class DocumentPage extends ScreenElement {
  static override properties = { meridian: {}, router: {}, open: {} }
  declare meridian: Meridian
  declare router: Router
  declare open: OpenDocument
  #editor: Editor | null = null
  #stopWatching: (() => void) | null = null

  protected override render(): TemplateResult {
    const role = this.open.role.value
    return html`<div class="document">
      <a class="button skip unseen" href="#text" @click=${this.#toText}>To the text</a>
      ${this.#header(role)}
      <main class="sheet-of-paper">
        ${this.#banners(role)}
        <meridian-title
          .text=${this.open.replica.doc.getText(contentRoots.title)}
          .editable=${this.#mayEdit()}
          .onLeave=${() => this.#editor?.focus('start')}
        ></meridian-title>
        <div class="text" id="text"></div>
      </main>
    </div>`
  }

  #mayEdit(): boolean {
    const role = this.open.role.value
    const fenced = this.open.fenced.value
    return !fenced && role !== null && role !== undefined && atLeast(role, 'editor')
  }

  #header(role: Role | null | undefined): TemplateResult {
    return html`<header class="bar">
      <div class="bar-start">
        <a
          class="button icon"
          href=${pathOf({ kind: 'library', create: false })}
          aria-label="Documents"
          >${icon(ArrowLeft, 20)}</a
        >
        <meridian-status
          .status=${this.open.status}
          .safety=${this.meridian.safety}
          .document=${this.open.document}
        ></meridian-status>
      </div>
      <div class="bar-end">
        <meridian-people .people=${this.open.people}></meridian-people>
        ${role === 'owner' ? this.#shareButton() : nothing}
      </div>
      ${
        this.#mayEdit()
          ? html`<meridian-toolbar class="bar-tools" .editor=${this.#editor}></meridian-toolbar>`
          : nothing
      }
      <meridian-share .meridian=${this.meridian} .document=${this.open.document}></meridian-share>
    </header>`
  }

  #shareButton(): TemplateResult {
    return html`<button
      class="button share"
      @click=${() => this.querySelector('meridian-share')?.show()}
    >
      ${icon(UserPlus, 16)}<span>Share</span>
    </button>`
  }

  #banners(role: Role | null | undefined): TemplateResult {
    const recovered = this.open.recovered.value
    return html`<div class="banners" role="status">
      ${role === 'viewer' ? html`<p class="banner">You can read this document.</p>` : nothing}
      ${
        role === 'commenter'
          ? html`<p class="banner">You can read and comment on this document.</p>`
          : nothing
      }
      ${this.open.fenced.value ? fencedBanner() : nothing}
      ${recovered === null ? nothing : this.#recovered(recovered)}
      ${this.open.fromCopy ? fromCopy() : nothing}
    </div>`
  }

  #recovered(copy: RecoveredCopy): TemplateResult {
    const make = (): void =>
      attempt(async () => {
        const document = await copy.makeDocument()
        this.router.go({ kind: 'document', document, key: null })
      })
    return html`<p class="banner warning">
      <span
        >Some of your changes of ${dateWords(copy.at)} were not accepted here. They are kept on this
        device.</span
      >
      <button class="button" @click=${make}>Make a document of them</button>
    </p>`
  }

  protected override firstUpdated(): void {
    const { replica } = this.open
    this.#editor = startEditor({
      mount: this.querySelector<HTMLElement>('.text')!,
      body: replica.doc.getXmlFragment(contentRoots.body),
      awareness: replica.awareness,
      undo: replica.undo,
      isMine: replica.isMine,
      beforeReceived: replica.beforeReceived,
      editable: this.#mayEdit(),
      label: 'Text of the document',
      onMended: reportError
    })
    replica.catchUp()
    this.#stopWatching = effect(() => this.#editor?.setEditable(this.#mayEdit()))
    this.requestUpdate()
    void this.#takeFocus()
  }

  /** In an empty document one writes at once; in one with text one reads first. */
  async #takeFocus(): Promise<void> {
    const body = this.open.replica.doc.getXmlFragment(contentRoots.body)
    const title = this.open.replica.doc.getText(contentRoots.title)
    const empty =
      title.length === 0 &&
      body.length <= 1 &&
      (this.#editor?.view.state.doc.textContent ?? '') === ''
    if (empty && untracked(() => this.#mayEdit())) this.#editor?.focus('start')
    else await this.querySelector('meridian-title')?.announce()
  }

  readonly #toText = (event: Event): void => {
    event.preventDefault()
    this.#editor?.focus()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stopWatching?.()
    untracked(() => this.#editor?.stop())
    this.#editor = null
  }
}

function fromCopy(): TemplateResult {
  return html`<p class="banner warning">
    The browser’s storage could not be read, so this is the copy of the document that is kept beside
    it. It may lack the last changes from this device; what the relay has of them is fetched.
  </p>`
}

const fencedBanner = (): TemplateResult =>
  html`<p class="banner warning">
    A newer version of Meridian wrote in this document. You can read it here; to change it, reload
    the page when the new version is offered.
  </p>`

customElements.define('meridian-page', DocumentPage)
