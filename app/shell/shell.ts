// The screens' door: mounts the app's element on a Meridian that main.ts has composed.
import { html, render } from 'lit'
import type { Meridian } from './meridian'
import { startRouter } from './router'
import './app-frame'
import './tokens.css'
import './base.css'
import './controls.css'
import './library.css'
import './document.css'
import './settings.css'
import './safety.css'

/** Shows the place that the address bar names. Answers its stop. */
export function startShell(mount: HTMLElement, meridian: Meridian): () => void {
  const router = startRouter()
  render(html`<meridian-app .meridian=${meridian} .router=${router}></meridian-app>`, mount)
  return () => {
    router.stop()
    render('', mount)
  }
}
