// What the screen says about a document's safety: derived from rows, acks and the connection.
import type { ConnectionState } from '../store/notices'
import type { StoreFailureReason } from '../store/ports'

/** Everything the words depend on; nothing else may be consulted. */
export type StatusFacts = {
  /** Local updates not yet committed on this device. */
  readonly unwritten: number
  /** Why the last write failed, if it did. */
  readonly failure: StoreFailureReason | null
  /** Outbox rows and sealed batches not yet acknowledged. */
  readonly unacknowledged: number
  readonly connection: ConnectionState
  /** Whether this document's missed updates have been caught up since the connection came. */
  readonly caughtUp: boolean
}

export type DocumentStatus =
  | { readonly kind: 'cannot-save'; readonly reason: StoreFailureReason; readonly changes: number }
  | { readonly kind: 'writing' }
  /** On this device only, with nobody to send to. */
  | { readonly kind: 'device'; readonly changes: number; readonly connecting: boolean }
  /** On this device, on its way to the relay. */
  | { readonly kind: 'saving'; readonly changes: number }
  /** Everything is acknowledged, but others' changes may be missing. */
  | { readonly kind: 'behind'; readonly offline: boolean }
  | { readonly kind: 'saved' }
  | { readonly kind: 'stopped'; readonly reason: 'ticket' | 'release'; readonly changes: number }

export function statusOf(facts: StatusFacts): DocumentStatus {
  const changes = facts.unacknowledged + facts.unwritten
  if (facts.failure !== null) return { kind: 'cannot-save', reason: facts.failure, changes }
  if (facts.unwritten > 0) return { kind: 'writing' }
  switch (facts.connection.kind) {
    case 'stopped':
      return { kind: 'stopped', reason: facts.connection.reason, changes }
    case 'online':
      if (changes > 0) return { kind: 'saving', changes }
      return facts.caughtUp ? { kind: 'saved' } : { kind: 'behind', offline: false }
    case 'connecting':
    case 'offline': {
      const connecting = facts.connection.kind === 'connecting'
      if (changes > 0) return { kind: 'device', changes, connecting }
      return { kind: 'behind', offline: !connecting }
    }
  }
}

/** The status as a person reads it; `detail` is the sentence of the tooltip and the popover. */
export function wordsFor(status: DocumentStatus): { label: string; detail: string } {
  switch (status.kind) {
    case 'cannot-save':
      return { label: 'Cannot save', detail: storeFailureWords[status.reason] }
    case 'writing':
      return { label: 'Saving…', detail: 'Being stored on this device.' }
    case 'device':
      return {
        label: status.connecting ? 'Saved on this device' : 'Offline, saved on this device',
        detail: `${changesIn(status.changes)} only on this device. They are sent as soon as the network returns.`
      }
    case 'saving':
      return { label: 'Saving…', detail: `${changesIn(status.changes)} on the way to the relay.` }
    case 'behind':
      return status.offline
        ? {
            label: 'Offline',
            detail: 'All your work is saved. Changes of others come when the network returns.'
          }
        : { label: 'Catching up…', detail: 'All your work is saved. Fetching changes of others.' }
    case 'saved':
      return { label: 'Saved', detail: 'Every change is stored on this device and by the relay.' }
    case 'stopped':
      return {
        label: 'Saved on this device',
        detail:
          status.reason === 'release'
            ? 'This release is too old to sync. Reload to take the new one; nothing is lost.'
            : 'The relay does not know this device. Reload, or enter your recovery key.'
      }
  }
}

/** What each failure of this device's storage means and what to do about it. */
export const storeFailureWords: Record<StoreFailureReason, string> = {
  quota: 'This device has no room left. Free some space; keep this tab open until it says saved.',
  closed: 'The browser closed its storage. Keep this tab open; Meridian is opening it again.',
  blocked: 'Another tab with an older release holds the storage. Close other Meridian tabs.',
  damaged: 'The browser’s storage is damaged. Keep this tab open and export your document.',
  emptied:
    'The browser has deleted what Meridian stored. Keep this tab open: what it shows is written again.',
  unavailable: 'This browser gives no storage here. Your work is lost when you close the tab.'
}

function changesIn(count: number): string {
  return count === 1 ? '1 change is' : `${count} changes are`
}
