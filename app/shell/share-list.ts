// Who has access to a document and by which links, each with its way back.
import { html, nothing, type TemplateResult } from 'lit'
import type { RightsAnswer } from '../../sync-api/protocol/http'
import type { LinkId, PersonId } from '../../sync-api/protocol/ids'
import { linkRoles, type Role } from '../../sync-api/protocol/roles'
import { colourOf, face } from './face'
import type { Profile } from './meridian'
import { dateWords, nameWords, roleWords } from './words'

export type ShareActions = {
  withdrawLink(link: LinkId): void
  grant(person: PersonId, role: Role, name: string): void
  withdraw(person: PersonId): void
}

/** As its owner sees it: nobody else is told. */
export function shareList(
  rights: RightsAnswer,
  owner: Profile,
  disabled: boolean,
  actions: ShareActions
): TemplateResult {
  const others = rights.people.filter(({ person }) => person !== rights.owner)
  return html`<section>
      <h3 class="caption">People</h3>
      <ul role="list" class="access">
        <li>
          ${face(owner)}
          <span class="who">${nameWords(owner.name)} (you)</span>
          <span class="note">owner</span>
        </li>
        ${others.map((one) => personRow(one, disabled, actions))}
      </ul>
    </section>
    ${
      rights.links.length === 0
        ? nothing
        : html`<section>
            <h3 class="caption">Links</h3>
            <ul role="list" class="access">
              ${rights.links.map((one) => linkRow(one, disabled, actions))}
            </ul>
          </section>`
    }`
}

function personRow(
  { person, role, name }: RightsAnswer['people'][number],
  disabled: boolean,
  actions: ShareActions
): TemplateResult {
  const shown = nameWords(name)
  const choose = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement
    const chosen = linkRoles.find((one) => one === value)
    if (chosen !== undefined) actions.grant(person, chosen, name)
  }
  return html`<li>
    ${face({ name: shown, color: colourOf(person) })}
    <span class="who">${shown}</span>
    <select class="field" aria-label="What ${shown} can do" ?disabled=${disabled} @change=${choose}>
      ${linkRoles.map(
        (one) => html`<option value=${one} ?selected=${one === role}>${roleWords[one]}</option>`
      )}
    </select>
    <button
      class="button quiet"
      aria-label="Remove ${shown}"
      ?disabled=${disabled}
      @click=${() => actions.withdraw(person)}
    >
      Remove
    </button>
  </li>`
}

function linkRow(
  { link, role, at }: RightsAnswer['links'][number],
  disabled: boolean,
  actions: ShareActions
): TemplateResult {
  return html`<li>
    <span class="who">Anyone with the link ${roleWords[role]}</span>
    <time class="note" datetime=${new Date(at).toISOString()}>${dateWords(at)}</time>
    <button
      class="button quiet"
      aria-label="Withdraw the link of ${dateWords(at)}, ${roleWords[role]}"
      ?disabled=${disabled}
      @click=${() => actions.withdrawLink(link)}
    >
      Withdraw
    </button>
  </li>`
}
