// A kind page for an address that the app has no screen for.
import { html, type TemplateResult } from 'lit'
import { masthead } from './masthead'
import type { Meridian } from './meridian'
import { ScreenElement } from './screen-element'
import { titlePage } from './page-title'

class LostScreen extends ScreenElement {
  static override properties = { meridian: {} }
  declare meridian: Meridian

  override connectedCallback(): void {
    super.connectedCallback()
    titlePage('No such page · Meridian')
  }

  protected override render(): TemplateResult {
    return html`${masthead(this.meridian)}
      <main class="page plain">
        <h1 tabindex="-1">There is nothing at this address</h1>
        <p>
          The link may have lost a piece on its way to you. Ask for it once more, or look among your
          documents.
        </p>
        <p><a class="button primary" href="/">Your documents</a></p>
      </main>`
  }
}

customElements.define('meridian-lost', LostScreen)
