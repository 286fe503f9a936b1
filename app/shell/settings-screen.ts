// The person and their devices: name, key, codes, this browser's storage and looks.
import { html, nothing, type TemplateResult } from 'lit'
import { protocolVersion } from '../../sync-api/protocol/version'
import './device-settings'
import { masthead } from './masthead'
import type { Meridian } from './meridian'
import './profile-settings'
import './recovery-settings'
import { pathOf } from './route'
import { ScreenElement } from './screen-element'
import { chooseTheme, theme, themes, type Theme } from './theme'
import { attempt } from './toasts'
import { titlePage } from './page-title'

class SettingsScreen extends ScreenElement {
  static override properties = { meridian: {} }
  declare meridian: Meridian

  override connectedCallback(): void {
    super.connectedCallback()
    titlePage('Settings · Meridian')
  }

  protected override render(): TemplateResult {
    const { identity, connection } = this.meridian
    const offline = connection.value.kind !== 'online'
    return html`${masthead(this.meridian)}
      <main class="page settings">
        <div class="heading"><h1 tabindex="-1">You and your devices</h1></div>
        ${section(
          'You',
          html`<meridian-profile-settings .identity=${identity}></meridian-profile-settings>`
        )}
        ${section(
          'Recovery key',
          html`<meridian-recovery-settings
            .identity=${identity}
            .safety=${this.meridian.safety}
            .offline=${offline}
          ></meridian-recovery-settings>`
        )}
        ${section(
          'Devices',
          html`<meridian-device-settings
            .identity=${identity}
            .safety=${this.meridian.safety}
            .offline=${offline}
          ></meridian-device-settings>`
        )}
        ${section('This browser', html`${storage(this.meridian)} ${install(this.meridian)}`)}
        ${section('Appearance', appearance())} ${section('About', about())}
      </main>`
  }
}

function section(label: string, content: unknown): TemplateResult {
  return html`<section class="railed">
    <h2 class="rail">${label}</h2>
    <div class="settings-content">${content}</div>
  </section>`
}

function storage(meridian: Meridian): TemplateResult {
  const unsafe = meridian.safety.unsafe.value.length
  return html`<p>${storageWords(meridian.persistent.value)}</p>
    <p>
      <a href=${pathOf({ kind: 'safety' })}
        >${
          unsafe === 0
            ? 'Everything is with the relay'
            : unsafe === 1
              ? '1 document is not safe yet'
              : `${unsafe} documents are not safe yet`
        }</a
      >
    </p>`
}

function storageWords(persistent: boolean | null): string {
  switch (persistent) {
    case true:
      return 'The browser keeps your documents until you delete them.'
    case false:
      return 'The browser may clear your documents from this device when it runs out of room. What was synced comes back; install Meridian, or use it often, and the browser keeps them.'
    case null:
      return 'The browser has not been asked yet to keep your documents; that happens once there is something to keep.'
  }
}

function install(meridian: Meridian): TemplateResult | typeof nothing {
  const { installation } = meridian
  if (!installation.offered.value) return nothing
  return html`<p class="rowed">
    <button class="button" @click=${() => attempt(() => installation.install())}>
      Install Meridian
    </button>
    <span class="note">A window of its own, among your apps.</span>
  </p>`
}

const themeWords: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }

function appearance(): TemplateResult {
  return html`<fieldset class="choice">
    <legend class="unseen">Appearance</legend>
    ${themes.map(
      (one) =>
        html`<label>
          <input
            type="radio"
            name="theme"
            .checked=${theme.value === one}
            @change=${() => chooseTheme(one)}
          />
          ${themeWords[one]}
        </label>`
    )}
  </fieldset>`
}

function about(): TemplateResult {
  return html`<p class="note">
    Meridian ${import.meta.env.VITE_VERSION ?? ''} speaks protocol ${protocolVersion}. Free software
    under the MIT licence.
  </p>`
}

customElements.define('meridian-settings', SettingsScreen)
