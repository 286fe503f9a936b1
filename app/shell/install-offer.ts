// A quiet line that offers to install the app, until it is taken or dismissed.
import { signal } from '@preact/signals-core'
import { html, nothing, type TemplateResult } from 'lit'
import type { Installation } from './meridian'
import { keepPreference, readPreference } from './preference'
import { attempt } from './toasts'

const answer = signal(readPreference('install', ['open', 'dismissed']))

export function installOffer(installation: Installation): TemplateResult | typeof nothing {
  if (!installation.offered.value || answer.value === 'dismissed') return nothing
  return html`<p class="offer">
    <span>Meridian can stand among your apps.</span>
    <span class="answers">
      <button class="button quiet" @click=${() => attempt(() => installation.install())}>
        Install
      </button>
      <button class="button quiet" @click=${dismiss}>Not now</button>
    </span>
  </p>`
}

function dismiss(): void {
  answer.value = 'dismissed'
  keepPreference('install', 'dismissed')
}
