// Which tab of this browser syncs for all of them: the one that holds a Web Lock, visible if it can be.
import type { PersonId, TabId } from '../../sync-api/protocol/ids'
import type { Notices } from '../store/notices'
import type { Page, SyncClock } from './surroundings'

/** The lock of whoever syncs for a person in this browser; the service worker asks for it too. */
export function syncLock(person: PersonId): string {
  return `meridian-sync-${person}`
}

/** How long a hidden tab that gets the lock lets a visible one that asked have it instead, ms. */
const passOnMsMax = 5_000

export type LeadershipOptions = {
  readonly person: PersonId
  readonly tab: TabId
  /** Null where the browser has none: then every tab leads, which is more work but as correct. */
  readonly locks: LockManager | null
  readonly notices: Notices
  readonly page: Page
  readonly clock: SyncClock
  /** Takes over; answers how to let go. */
  readonly lead: () => () => void
}

/**
 * Waits for the lead, leads, and waits again after handing over; answers the stop. A hidden leader
 * hands over when a visible tab says that it is there. The lock then goes to whoever waits longest,
 * so a hidden tab that gets it passes it on, once for each time it was asked.
 */
export function startLeadership(options: LeadershipOptions): () => void {
  const { locks } = options
  return locks === null ? options.lead() : waitForLead(options, locks)
}

function waitForLead(options: LeadershipOptions, locks: LockManager): () => void {
  const { page, notices, clock, tab } = options
  const stopping = new AbortController()
  let letGo: (() => void) | null = null
  let askedAt = -Infinity

  const stopListening = notices.listen((notice) => {
    const asks = notice.kind === 'shows' && notice.visible && notice.tab !== tab
    if (!asks || page.isVisible()) return
    if (letGo === null) askedAt = clock.now()
    else letGo()
  })
  const stopWatching = page.listen((event) => {
    // Tabs that became visible a moment before this one was hidden say so again.
    if (event === 'hidden' && letGo !== null) notices.tell({ kind: 'who-is-there' })
  })

  async function held(): Promise<void> {
    const passOn = !page.isVisible() && clock.now() - askedAt < passOnMsMax
    askedAt = -Infinity
    if (passOn || stopping.signal.aborted) return
    const stopLeading = options.lead()
    await new Promise<void>((resolve) => {
      letGo = resolve
    })
    letGo = null
    stopLeading()
  }

  async function takeTurns(): Promise<void> {
    while (!stopping.signal.aborted) {
      await locks.request(syncLock(options.person), { signal: stopping.signal }, held)
    }
  }

  takeTurns().catch((cause: unknown) => {
    // Stopping aborts the wait; anything else means that the browser takes its locks back.
    if (!stopping.signal.aborted) throw cause
  })

  return () => {
    stopping.abort()
    letGo?.()
    stopListening()
    stopWatching()
  }
}

/** Says that this tab lives, for as long as it does. Answers the end of that. */
export function holdTabLock(locks: LockManager, tab: TabId): () => void {
  let end: () => void = () => undefined
  const alive = new Promise<void>((resolve) => {
    end = resolve
  })
  locks.request(tabLock(tab), () => alive).catch(end)
  return end
}

/** Calls `onGone` when that tab ended, also when it crashed. Answers the end of watching. */
export function watchTab(locks: LockManager, tab: TabId, onGone: () => void): () => void {
  const watching = new AbortController()
  locks.request(tabLock(tab), { signal: watching.signal }, onGone).catch((cause: unknown) => {
    if (!watching.signal.aborted) throw cause
  })
  return () => watching.abort()
}

function tabLock(tab: TabId): string {
  return `meridian-tab-${tab}`
}
