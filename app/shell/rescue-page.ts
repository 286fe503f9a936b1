// What a person gets when the browser's storage does not open: why, and their documents as files.
import { html, nothing, render, type TemplateResult } from 'lit'
import { mark } from './mark'
import type { ExportForm } from './meridian'
import { titleOf } from './library-order'
import './tokens.css'
import './base.css'
import './controls.css'
import './library.css'
import './safety.css'

/** A document as its recovery copy has it. */
export type Rescued = { readonly title: string; export(form: ExportForm): void }

export function showRescuePage(
  mount: HTMLElement,
  sentence: string,
  rescued: readonly Rescued[]
): void {
  document.title = 'Storage did not open · Meridian'
  render(
    html`<header class="masthead"><span class="brand">${mark(26)} Meridian</span></header>
      <main class="page safety">
        <div class="heading"><h1 tabindex="-1">Your storage did not open</h1></div>
        <p class="lead">
          ${sentence} Meridian has deleted nothing, and starts by itself as soon as the storage
          opens.
        </p>
        <p class="rowed">
          <button class="button primary" @click=${() => location.reload()}>Try now</button>
        </p>
        ${rescued.length === 0 ? nothing : copies(rescued)}
      </main>`,
    mount
  )
}

function copies(rescued: readonly Rescued[]): TemplateResult {
  return html`<section>
    <h2>Copies you can take with you</h2>
    <p class="note">Each document as it was when it was last closed or left alone for a while.</p>
    <ul role="list" class="unsafe-list">
      ${rescued.map(
        (one) =>
          html`<li>
            <span class="what"><span class="name">${titleOf(one)}</span></span>
            <span class="rowed">
              <button class="button" @click=${() => one.export('markdown')}>Markdown</button>
              <button class="button" @click=${() => one.export('yjs')}>Yjs file</button>
            </span>
          </li>`
      )}
    </ul>
  </section>`
}
