// The name and the colour others see.
import { html, type TemplateResult } from 'lit'
import { nameLengthMax } from '../../sync-api/protocol/limits'
import { face } from './face'
import type { Identity, Profile } from './meridian'
import { ScreenElement } from './screen-element'
import { attempt } from './toasts'

/** The presence colours, by what a person would call them. */
const colourNames = [
  'Magenta',
  'Teal',
  'Ochre',
  'Indigo',
  'Green',
  'Red',
  'Blue',
  'Olive',
  'Violet',
  'Sea green',
  'Orange',
  'Slate'
]

class ProfileSettings extends ScreenElement {
  static override properties = { identity: {} }
  declare identity: Identity

  protected override render(): TemplateResult {
    const profile = this.identity.profile.value
    return html`<div class="profile">
        ${face(profile)}
        <label class="label">
          Name
          <input
            class="field"
            autocomplete="nickname"
            maxlength=${nameLengthMax}
            placeholder="Guest"
            .value=${profile.name}
            @change=${(event: Event) =>
              this.#keep({ ...profile, name: (event.target as HTMLInputElement).value.trim() })}
          />
        </label>
      </div>
      <p class="note">People you write with see this name beside your caret.</p>
      <fieldset class="colours">
        <legend class="label">Colour</legend>
        ${colourNames.map((name, color) => this.#swatch(name, color, profile))}
      </fieldset>`
  }

  #swatch(name: string, color: number, profile: Profile): TemplateResult {
    return html`<label title=${name} data-colour=${color}>
      <input
        type="radio"
        name="colour"
        aria-label=${name}
        .checked=${profile.color === color}
        @change=${() => this.#keep({ ...profile, color })}
      />
    </label>`
  }

  #keep(profile: Profile): void {
    attempt(() => this.identity.setProfile(profile))
  }
}

customElements.define('meridian-profile-settings', ProfileSettings)
