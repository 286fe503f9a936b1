// Who is in the document now: faces side by side, names on a click.
import type { ReadonlySignal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import { face } from './face'
import type { Present } from './meridian'
import { ScreenElement } from './screen-element'
import { nameWords } from './words'

/** More faces than this become a number: the header stays one line at 360 px. */
const facesMax = 3

class PeopleStack extends ScreenElement {
  static override properties = { people: {} }
  declare people: ReadonlySignal<readonly Present[]>

  protected override render(): TemplateResult | typeof nothing {
    const people = onePerPerson(this.people.value)
    const others = people.filter(({ self }) => !self)
    if (others.length === 0) return nothing
    const shown = others.slice(0, facesMax)
    const more = others.length - shown.length
    const names = others.map(({ profile }) => nameWords(profile.name)).join(', ')
    return html`<button
        class="stack"
        popovertarget="people-list"
        aria-label=${`Here now: ${names}`}
      >
        ${shown.map(({ profile }) => face(profile))}
        ${more > 0 ? html`<span class="more" aria-hidden="true">+${more}</span>` : nothing}
      </button>
      <div class="popover" id="people-list" popover>
        <p class="caption">Here now</p>
        <ul role="list" class="names">
          ${people.map(
            ({ profile, self }) =>
              html`<li>${face(profile)} ${nameWords(profile.name)}${self ? ' (you)' : ''}</li>`
          )}
        </ul>
      </div>`
  }
}

/** A person with several tabs is one person; whoever reads comes last. */
function onePerPerson(people: readonly Present[]): readonly Present[] {
  const first = new Map<string, Present>()
  for (const present of people) {
    if (present.self || !first.has(present.person)) first.set(present.person, present)
  }
  return [...first.values()].toSorted((one, other) => Number(one.self) - Number(other.self))
}

customElements.define('meridian-people', PeopleStack)
