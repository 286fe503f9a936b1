// What the library says when it has nothing to list.
import { html, type TemplateResult } from 'lit'

export function emptyLibrary(newButton: TemplateResult): TemplateResult {
  return html`<section class="empty">
    <p class="invitation">Write something<span class="blink" aria-hidden="true"></span></p>
    <p class="note">
      It stays on this device and works without a network. No account, nothing to set up.
    </p>
    <p class="rowed">${newButton} <kbd aria-hidden="true">Alt N</kbd></p>
  </section>`
}

export function emptyBin(): TemplateResult {
  return html`<section class="empty">
    <p class="note">The bin is empty. Documents you delete wait here until you restore them.</p>
  </section>`
}

export function nothingFound(filter: string, clear: () => void): TemplateResult {
  return html`<section class="empty">
    <p class="note" role="status">No title has “${filter.trim()}” in it.</p>
    <p><button class="button" @click=${clear}>Show all</button></p>
  </section>`
}
