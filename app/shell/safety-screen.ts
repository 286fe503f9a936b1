// Everything that is not safe yet, over all documents: how much, why, and what to do about it.
import { html, nothing, type TemplateResult } from 'lit'
import { ShieldCheck } from 'lucide'
import { icon } from '../editor/icon'
import { wordsFor } from '../sync/status'
import { exportMenu } from './export-menu'
import { titleOf } from './library-order'
import { masthead } from './masthead'
import type { Meridian, UnsafeDocument } from './meridian'
import { titlePage } from './page-title'
import { pathOf } from './route'
import { ScreenElement } from './screen-element'
import { discOf } from './words'

class SafetyScreen extends ScreenElement {
  static override properties = { meridian: {} }
  declare meridian: Meridian

  override connectedCallback(): void {
    super.connectedCallback()
    titlePage('What is safe · Meridian')
  }

  protected override render(): TemplateResult {
    const unsafe = this.meridian.safety.unsafe.value
    return html`${masthead(this.meridian)}
      <main class="page safety">
        <div class="heading">
          <h1 tabindex="-1">${unsafe.length === 0 ? 'Everything is safe' : 'Not safe yet'}</h1>
        </div>
        ${unsafe.length === 0 ? allSafe() : this.#list(unsafe)}
      </main>`
  }

  #list(unsafe: readonly UnsafeDocument[]): TemplateResult {
    return html`<p class="lead">
        These changes are not with the relay yet. Nobody else has them, and if this device were lost
        now, they would be too.
      </p>
      <ul role="list" class="unsafe-list">
        ${unsafe.map((one) => this.#row(one))}
      </ul>`
  }

  #row({ document, title, status }: UnsafeDocument): TemplateResult {
    const { label, detail } = wordsFor(status)
    const name = title === null ? 'Your list of documents' : titleOf({ title })
    return html`<li data-kind=${status.kind}>
      <span class="what">
        ${
          title === null
            ? html`<span class="name">${name}</span>`
            : html`<a class="name" href=${pathOf({ kind: 'document', document, key: null })}
                >${name}</a
              >`
        }
        <span class="state"><span class="disc ${discOf(status)}"></span>${label}</span>
        <span class="note">${detail}</span>
      </span>
      <span class="rowed">
        ${
          status.kind === 'cannot-save'
            ? html`<button class="button" @click=${() => this.meridian.safety.retry()}>
                Try again
              </button>`
            : nothing
        }
        ${title === null ? nothing : exportMenu(this.meridian.safety, document, name)}
      </span>
    </li>`
  }
}

function allSafe(): TemplateResult {
  return html`<p class="lead" role="status">
      ${icon(ShieldCheck, 20)} Every change of every document is stored on this device and by the
      relay.
    </p>
    <p><a class="button primary" href="/">Your documents</a></p>`
}

customElements.define('meridian-safety', SafetyScreen)
