// Installing Meridian as an app, where the browser lets a page offer it.
import { signal, type ReadonlySignal } from '@preact/signals-core'

/** Chromium's event, which the DOM's types do not know. */
type BeforeInstallPromptEvent = Event & {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

export type Installation = {
  /** Whether `install` would ask the person something; false once installed. */
  readonly offered: ReadonlySignal<boolean>
  /** Whether this page runs as an installed app. */
  readonly standalone: ReadonlySignal<boolean>
  install(): Promise<void>
}

/** Call it early: the browser offers once, soon after the page loaded. */
export function watchInstallation(page: Window): Installation {
  const offered = signal(false)
  const display = page.matchMedia(
    '(display-mode: standalone), (display-mode: window-controls-overlay)'
  )
  const standalone = signal(display.matches)
  let offer: BeforeInstallPromptEvent | null = null

  display.addEventListener('change', () => {
    standalone.value = display.matches
  })
  page.addEventListener('beforeinstallprompt', (event) => {
    // Kept for our own button instead of the browser's banner.
    event.preventDefault()
    offer = event as BeforeInstallPromptEvent
    offered.value = true
  })
  page.addEventListener('appinstalled', () => {
    offer = null
    offered.value = false
  })

  return {
    offered,
    standalone,
    async install() {
      const current = offer
      if (current === null) return
      // An offer is good for one question.
      offer = null
      offered.value = false
      await current.prompt()
    }
  }
}
