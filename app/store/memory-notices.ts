// Notices between tabs that exist only in a test or a simulation.
import type { Notice, Notices } from './notices'
import { createListeners } from './listeners'

/** A browser's worth of tabs. `deliver` decides when other tabs hear a notice; at once if left out. */
export function createNoticeHub(
  deliver: (hear: () => void) => void = (hear) => hear()
): () => Notices {
  const tabs = new Set<(notice: Notice) => void>()
  return () => {
    const listeners = createListeners<Notice>()
    const hear = (notice: Notice): void => listeners.call(notice)
    tabs.add(hear)
    return {
      tell(notice) {
        hear(notice)
        for (const tab of tabs) {
          if (tab !== hear) deliver(() => tab(notice))
        }
      },
      listen: (listener) => listeners.add(listener),
      close() {
        tabs.delete(hear)
        listeners.clear()
      }
    }
  }
}
