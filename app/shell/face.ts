// A person as a disc in their colour with their initials.
import { html, type TemplateResult } from 'lit'
import { styleMap } from 'lit/directives/style-map.js'
import type { Profile } from './meridian'
import { initialsOf } from './words'

/** Decoration: the name stands beside it or in the label of the control around it. */
export function face(profile: Profile): TemplateResult {
  const colour = { '--face': `var(--presence-${profile.color})` }
  return html`<span class="face" style=${styleMap(colour)} aria-hidden="true"
    >${initialsOf(profile.name)}</span
  >`
}
