// The frame around every screen: picks it by route, keeps focus and scroll sane, asks for a reload.
import { effect } from '@preact/signals-core'
import { html, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import './document-screen'
import './library-screen'
import './lost-screen'
import type { Meridian } from './meridian'
import { signPage } from './page-title'
import './release-prompt'
import type { Route } from './route'
import type { Router } from './router'
import './safety-screen'
import { ScreenElement } from './screen-element'
import './settings-screen'
import { attempt } from './toasts'
import { signOf } from './words'

class App extends ScreenElement {
  static override properties = { meridian: {}, router: {} }
  declare meridian: Meridian
  declare router: Router
  #shown: Route | null = null
  #stops: readonly (() => void)[] = []

  protected override render(): TemplateResult {
    const route = this.router.route.value
    return html`${this.#screen(route)}
      <meridian-release .release=${this.meridian.release}></meridian-release>
      <meridian-toasts></meridian-toasts>`
  }

  protected override firstUpdated(): void {
    this.#stops = [
      effect(() => {
        const route = this.router.route.value
        if (route.kind === 'library' && route.create) this.#create()
      }),
      effect(() => signPage(signOf(this.meridian.safety.unsafe.value)))
    ]
  }

  protected override updated(): void {
    const route = this.router.route.value
    if (route === this.#shown) return
    const arrived = this.#shown !== null
    this.#shown = route
    if (arrived) void this.#arrive()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const stop of this.#stops) stop()
  }

  #screen(route: Route): TemplateResult {
    const { meridian, router } = this
    switch (route.kind) {
      case 'library':
      case 'bin':
        return html`<meridian-library
          .meridian=${meridian}
          .router=${router}
          .bin=${route.kind === 'bin'}
        ></meridian-library>`
      case 'document':
        return html`${keyed(
          route.document,
          html`<meridian-document
            .meridian=${meridian}
            .router=${router}
            .document=${route.document}
            .linkKey=${route.key}
          ></meridian-document>`
        )}`
      case 'settings':
        return html`<meridian-settings .meridian=${meridian}></meridian-settings>`
      case 'safety':
        return html`<meridian-safety .meridian=${meridian}></meridian-safety>`
      case 'unknown':
        return html`<meridian-lost .meridian=${meridian}></meridian-lost>`
    }
  }

  /** After a change of place: its heading gets the focus, so that a screen reader says where it is. */
  async #arrive(): Promise<void> {
    await new Promise(requestAnimationFrame)
    scrollTo(0, this.router.scroll())
    // A document takes the focus itself when it opens. If it was faster, somebody may write in it.
    if (this.querySelector('meridian-page') !== null) return
    this.querySelector<HTMLElement>('h1[tabindex]')?.focus({ preventScroll: true })
  }

  /** The address `/?action=new`, which the installed app's shortcut opens. */
  #create(): void {
    attempt(async () => {
      const document = await this.meridian.library.create()
      this.router.replace({ kind: 'document', document, key: null })
    })
  }
}

customElements.define('meridian-app', App)
