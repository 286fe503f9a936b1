// A person as a disc in their colour with their initials.
import { html, type TemplateResult } from 'lit'
import { fromBase64Url, type PersonId } from '../../sync-api/protocol/ids'
import type { Profile } from './meridian'
import { initialsOf } from './words'

/** Decoration: the name stands beside it or in the label of the control around it. */
export function face(profile: Profile): TemplateResult {
  return html`<span class="face" data-colour=${profile.color} aria-hidden="true"
    >${initialsOf(profile.name)}</span
  >`
}

/** Colours of people; `tokens.css` has them. */
const colours = 12

/** The colour of somebody who has not chosen any: the same on every device, theirs or others'. */
export function colourOf(person: PersonId): number {
  const [, , byte = 0] = fromBase64Url(person)
  return byte % colours
}
