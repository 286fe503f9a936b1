// What a browser at plain http gets: what is missing, why, and the three ways to have it.
import { html, render } from 'lit'
import { mark } from './mark'
import './tokens.css'
import './base.css'
import './controls.css'
import './library.css'
import './settings.css'

/** Shown instead of the app where `isSecureContext` is false. */
export function showInsecurePage(mount: HTMLElement): void {
  const { hostname, port } = location
  document.title = 'One step missing · Meridian'
  render(
    html`<header class="masthead"><span class="brand">${mark(26)} Meridian</span></header>
      <main class="page plain insecure">
        <h1>One step is missing</h1>
        <p>
          This address begins with <code>http://</code>. On such addresses browsers withhold what
          Meridian is built on: keys that stay on your device, opening without a network, and one
          connection shared by all tabs. Rather than work by halves, it waits here. Any of these
          helps:
        </p>
        <ol>
          <li>
            <strong>On the machine that runs Meridian,</strong> open it as localhost:
            <pre><code>http://localhost:${port || '80'}</code></pre>
          </li>
          <li>
            <strong>For others on your network,</strong> start it with a certificate of its own, and
            open the https address it prints:
            <pre><code>npm start -- --host 0.0.0.0 --tls</code></pre>
          </li>
          <li>
            <strong>For good,</strong> put a proxy with a certificate in front. With Caddy that is
            one line:
            <pre><code>caddy reverse-proxy --from ${named(hostname)} --to localhost:${port || '80'}</code></pre>
          </li>
        </ol>
      </main>`,
    mount
  )
}

/** A proxy needs a name; an address of numbers has none. */
function named(hostname: string): string {
  return /^[\d.]+$|:/.test(hostname) ? 'write.example.org' : hostname
}
