// A document by its address: claims a link's key, opens the document, or says why it cannot.
import { effect, signal, untracked } from '@preact/signals-core'
import { html, type TemplateResult } from 'lit'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { lossNotice } from './loss-notice'
import { masthead } from './masthead'
import { UserFacingError, type LibraryItem, type Meridian, type OpenDocument } from './meridian'
import type { LinkKey } from './route'
import type { Router } from './router'
import { ScreenElement } from './screen-element'
import { toastFailure } from './toasts'
import { titlePage } from './page-title'

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly open: OpenDocument }
  /** `reload`: only a new page can mend it; a browser may not fetch a script that failed twice. */
  | { readonly kind: 'failed'; readonly message: string; readonly reload: boolean }

/** Entry zero, which every document begins with, is of one client. */
const clientsOfEmpty = 1

class DocumentScreen extends ScreenElement {
  static override properties = { meridian: {}, router: {}, document: {}, linkKey: {} }
  declare meridian: Meridian
  declare router: Router
  declare document: DocumentId
  declare linkKey: LinkKey | null
  readonly #state = signal<State>({ kind: 'opening' })
  /** Whether the text is on this device: from before, or since this page has caught up. */
  readonly #here = signal(true)
  /** Counts attempts: an answer to an earlier one, or to a screen that is gone, is let go. */
  #attempt = 0
  #stopWatching: (() => void) | null = null

  protected override firstUpdated(): void {
    void this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#attempt += 1
    this.#stopWatching?.()
    const state = this.#state.value
    if (state.kind === 'open') state.open.close().catch(toastFailure)
  }

  protected override render(): TemplateResult {
    const state = this.#state.value
    switch (state.kind) {
      case 'opening':
        return waiting('Opening…')
      case 'failed':
        return this.#failed(state.message, state.reload)
      case 'open':
        return this.#opened(state.open)
    }
  }

  #opened(open: OpenDocument): TemplateResult {
    const role = open.role.value
    if (role === null) return noAccess(this.meridian)
    if (role === undefined || !this.#here.value) {
      if (this.meridian.connection.value.kind === 'offline') return notHere(this.meridian)
      // An empty page would say that there is nothing in it.
      return waiting('Fetching this document…')
    }
    return html`<meridian-page
      .meridian=${this.meridian}
      .router=${this.router}
      .open=${open}
    ></meridian-page>`
  }

  #failed(message: string, reload: boolean): TemplateResult {
    titlePage('Not opened · Meridian')
    return html`${masthead(this.meridian)}
      <main class="page plain">
        <h1 tabindex="-1">This document did not open</h1>
        <p>${message}</p>
        <p class="rowed">
          ${
            reload
              ? html`<button class="button primary" @click=${() => location.reload()}>
                  Reload
                </button>`
              : html`<button class="button primary" @click=${() => this.#open()}>Try again</button>`
          }
          <a class="button" href="/">Your documents</a>
        </p>
      </main>`
  }

  async #open(): Promise<void> {
    this.#attempt += 1
    const mine = this.#attempt
    this.#state.value = { kind: 'opening' }
    try {
      await this.#claim()
      const page = loadPage()
      // Asked first: an open document counts as being on this device.
      this.#here.value = this.#item()?.onDevice ?? true
      const open = await this.meridian.open(this.document)
      await page.catch(async (cause: unknown) => {
        await open.close()
        throw cause
      })
      if (mine === this.#attempt) this.#show(open)
      else await open.close()
    } catch (cause) {
      if (mine === this.#attempt) this.#state.value = failed(cause)
    }
  }

  #show(open: OpenDocument): void {
    this.#state.value = { kind: 'open', open }
    // Text that is stored is here, whatever the list says of it.
    if (open.replica.doc.store.clients.size > clientsOfEmpty) this.#here.value = true
    this.#stopWatching = effect(() => {
      const { kind } = open.status.value
      if (kind !== 'behind' && kind !== 'opening') this.#here.value = true
      if (open.outdated.value) untracked(() => this.#reopen(open))
    })
  }

  #item(): LibraryItem | undefined {
    return this.meridian.library.items.peek().find(({ document }) => document === this.document)
  }

  /** What it stood for is no longer the document: the view goes, then a new one comes. */
  #reopen(open: OpenDocument): void {
    this.#state.value = { kind: 'opening' }
    this.#stopWatching?.()
    open.close().then(() => this.#open(), toastFailure)
  }

  /** A key is used once, then it leaves the address: it is not for history, screenshots or others. */
  async #claim(): Promise<void> {
    const key = this.linkKey
    if (key === null) return
    await this.meridian.sharing.claim(this.document, key.link, key.secret)
    this.router.replace({ kind: 'document', document: this.document, key: null })
    this.linkKey = null
  }
}

class PageNotLoaded extends Error {}

/** The page with its editor: a script of its own, so that the list of documents comes sooner. */
function loadPage(): Promise<unknown> {
  const loading = import('./document-page').catch((cause: unknown) => {
    throw new PageNotLoaded('The page of a document did not load', { cause })
  })
  // Opening may fail before anybody waits for this; then that is what the person is told.
  loading.catch(() => undefined)
  return loading
}

function failed(cause: unknown): State {
  if (cause instanceof UserFacingError) {
    return { kind: 'failed', message: cause.message, reload: false }
  }
  reportError(cause)
  const reload = cause instanceof PageNotLoaded
  const message = reload
    ? 'A part of Meridian could not be fetched. Your documents are still on this device; reload once the network is back.'
    : 'Something went wrong on the way. Try again; if it fails once more, reload the page.'
  return { kind: 'failed', message, reload }
}

function waiting(words: string): TemplateResult {
  return html`<main class="page plain waiting" aria-busy="true">
    <h1 tabindex="-1" class="unseen">${words}</h1>
    <p class="note slowly">${words}</p>
  </main>`
}

function noAccess(meridian: Meridian): TemplateResult {
  titlePage('No access · Meridian')
  return html`${masthead(meridian)}
    <main class="page plain">
      ${lossNotice(meridian.safety)}
      <h1 tabindex="-1">This document is not open to you</h1>
      <p>
        It does not exist, or its owner has not shared it with you, or no longer does. If you expect
        to see it, ask them for a new link.
      </p>
      <p><a class="button primary" href="/">Your documents</a></p>
    </main>`
}

function notHere(meridian: Meridian): TemplateResult {
  titlePage('Not on this device · Meridian')
  return html`${masthead(meridian)}
    <main class="page plain">
      ${lossNotice(meridian.safety)}
      <h1 tabindex="-1">This document is not on this device yet</h1>
      <p>There is no network now. It opens here by itself as soon as the network returns.</p>
      <p><a class="button primary" href="/">Documents on this device</a></p>
    </main>`
}

customElements.define('meridian-document', DocumentScreen)
