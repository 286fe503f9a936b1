// A person as a disc in their colour with their initials.
import { html, type TemplateResult } from 'lit'
import type { Profile } from './meridian'
import { initialsOf } from './words'

/** Decoration: the name stands beside it or in the label of the control around it. */
export function face(profile: Profile): TemplateResult {
  return html`<span class="face" data-colour=${profile.color} aria-hidden="true"
    >${initialsOf(profile.name)}</span
  >`
}
