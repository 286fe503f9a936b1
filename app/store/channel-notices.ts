// Notices over a BroadcastChannel: this tab's listeners first, then every other tab and the worker.
import type { Notice, Notices } from './notices'
import { createListeners } from './listeners'

/** Notices of this browser. `name` separates what must not hear each other; the app has one. */
export function openNotices(name: string): Notices {
  const channel = new BroadcastChannel(name)
  const listeners = createListeners<Notice>()
  // Only our own code posts here, on our own origin: the form of a notice is not checked again.
  channel.onmessage = (event: MessageEvent<Notice>) => listeners.call(event.data)
  return {
    tell(notice) {
      listeners.call(notice)
      channel.postMessage(notice)
    },
    listen: (listener) => listeners.add(listener),
    close() {
      channel.close()
      listeners.clear()
    }
  }
}
