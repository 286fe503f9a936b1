// The quiet line on top of every screen but the document: the name, the connection, the person.
import { html, nothing, type TemplateResult } from 'lit'
import type { ConnectionState } from '../store/notices'
import { face } from './face'
import { mark } from './mark'
import type { Meridian } from './meridian'
import { pathOf } from './route'
import { nameWords } from './words'

export function masthead(meridian: Meridian): TemplateResult {
  const profile = meridian.identity.profile.value
  const words = connectionWords(meridian.connection.value)
  return html`<header class="masthead">
    <a class="brand" href=${pathOf({ kind: 'library', create: false })}>${mark(26)} Meridian</a>
    <span class="connection" role="status">
      ${words === null ? nothing : html`<span class="disc ring"></span>${words}`}
    </span>
    <a class="self" href=${pathOf({ kind: 'settings' })}>
      ${face(profile)}
      <span class="unseen">${nameWords(profile.name)}: you, your devices and settings</span>
    </a>
  </header>`
}

/** Nothing while all is well: a line that always says so is not read. */
function connectionWords(connection: ConnectionState): string | null {
  switch (connection.kind) {
    case 'online':
      return null
    case 'connecting':
      return 'Connecting…'
    case 'offline':
      return 'Offline'
    case 'stopped':
      return connection.reason === 'release' ? 'Reload to sync' : 'Not syncing'
  }
}
