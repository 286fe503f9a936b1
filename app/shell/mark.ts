// Meridian's sign: a disc at noon, half here and half everywhere, and the caret that divides it.
import { svg, type TemplateResult } from 'lit'

/** Decoration; the word Meridian stands beside it or in the label around it. */
export function mark(size: number): TemplateResult {
  return svg`<svg class="mark" width=${size} height=${size} viewBox="3 3 26 26" aria-hidden="true">
    <path d="M13.4 8.4a8 8 0 0 0 0 15.2z" fill="currentColor" />
    <path d="M18.6 8.4a8 8 0 0 1 0 15.2z" fill="none" stroke="currentColor" stroke-width="2"
      stroke-linejoin="round" />
    <path d="M12.5 3.5c2 0 3.5.6 3.5 2.2v20.6c0 1.6-1.5 2.2-3.5 2.2m7-25c-2 0-3.5.6-3.5 2.2v20.6c0 1.6 1.5 2.2 3.5 2.2"
      fill="none" stroke="var(--accent)" stroke-width="2" stroke-linecap="round" />
  </svg>`
}
