// What a browser at plain http gets: what is missing, why, and the three ways to have it.
import { html, render, type TemplateResult } from 'lit'
import { missingFrom } from '../browser/secure-context'
import { mark } from './mark'
import './tokens.css'
import './base.css'
import './controls.css'
import './library.css'
import './settings.css'

/** Shown instead of the app where something it cannot do without is missing. */
export function showInsecurePage(mount: HTMLElement): void {
  const missing = missingFrom(window)
  const parts = new Intl.ListFormat('en').format(missing?.parts ?? [])
  document.title = 'One step missing · Meridian'
  render(
    html`<header class="masthead"><span class="brand">${mark(26)} Meridian</span></header>
      <main class="page plain insecure">
        ${isSecureContext ? oldBrowser(missing?.sentence ?? '') : plainHttp(parts)}
      </main>`,
    mount
  )
}

function oldBrowser(sentence: string): TemplateResult {
  return html`<h1>This browser lacks something</h1>
    <p>${sentence}</p>`
}

function plainHttp(parts: string): TemplateResult {
  const port = location.port || '80'
  return html`<h1>One step is missing</h1>
    <p>
      This address begins with <code>http://</code>. On such addresses browsers withhold what
      Meridian is built on: ${parts}. Rather than work by halves, it waits here. Any of these helps:
    </p>
    <ol>
      <li>
        <strong>On the machine that runs Meridian,</strong> open it as localhost:
        <pre><code>http://localhost:${port}</code></pre>
      </li>
      <li>
        <strong>For others on your network,</strong> start it with a certificate of its own, and
        open the https address it prints:
        <pre><code>npm start -- --host 0.0.0.0 --tls</code></pre>
      </li>
      <li>
        <strong>For good,</strong> put a proxy with a certificate in front, for example Caddy:
        <pre><code>caddy reverse-proxy --from ${publicName(location.hostname)} --to localhost:${port}</code></pre>
      </li>
    </ol>`
}

/** A certificate needs a public name; an address of numbers has none. */
function publicName(hostname: string): string {
  const isName = hostname.includes('.') && !/^[\d.]+$|:/.test(hostname)
  return isName ? hostname : 'write.example.org'
}
