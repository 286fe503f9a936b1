// Registers the service worker, and takes a new release only when the person says so.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import { Workbox } from 'workbox-window'
import type { PageToWorker } from './messages'

export type RegistrationOptions = {
  /** Undefined where the browser has none (private windows of some, plain http). */
  readonly container: ServiceWorkerContainer | undefined
  /** Stores what is open in this tab; rejects when it cannot. */
  readonly flush: () => Promise<void>
  readonly reload: () => void
  /** For the log, without content. */
  readonly onFailure: (cause: unknown) => void
}

export type Registration = {
  /** Whether a new release waits for the person. */
  readonly waiting: ReadonlySignal<boolean>
  /** Stores what is open, then takes the release in every tab. Rejects when storing fails. */
  take(): Promise<void>
  /** Asks whether there is a new release; the browser does so by itself only now and then. */
  look(): void
  /** To the worker that controls this page, or will; nothing without one. */
  call(message: PageToWorker): void
}

const nothing = (): void => undefined

export function registerWorker(options: RegistrationOptions): Registration {
  const { container, flush, reload, onFailure } = options
  const waiting = signal(false)
  if (container === undefined) return { waiting, take: flush, look: nothing, call: nothing }

  const workbox = new Workbox('/sw.js')
  workbox.addEventListener('waiting', () => {
    waiting.value = true
  })
  // The first worker of all takes a page that runs its own release already.
  let controlled = container.controller !== null
  container.addEventListener('controllerchange', () => {
    const changed = controlled
    controlled = container.controller !== null
    // The browser has cleared this site, worker and all: reloaded without a network nothing would come.
    if (!controlled) return
    // Another tab may have taken the release. A tab that cannot store what it holds stays as it is:
    // it goes on with its old code, and the worker keeps that code's files.
    if (changed) flush().then(reload, onFailure)
  })
  workbox.register().catch(onFailure)

  return {
    waiting,
    async take() {
      await flush()
      workbox.messageSkipWaiting()
    },
    look: () => void workbox.update().catch(onFailure),
    call(message) {
      // The controller first: on `pagehide` there is no time to wait for anything.
      if (container.controller !== null) return container.controller.postMessage(message)
      container.ready.then(({ active }) => active?.postMessage(message), onFailure)
    }
  }
}
