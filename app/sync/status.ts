// What the screen says about a document's safety: derived from rows, acks and the connection.
import type { ConnectionState } from '../store/notices'
import type { StoreFailureReason } from '../store/ports'

/** Everything the words depend on; nothing else may be consulted. */
export type StatusFacts = {
  /** Local updates not yet committed on this device. */
  readonly unwritten: number
  /** Why the last write failed, if it did. */
  readonly failure: StoreFailureReason | null
  /** Whether the relay has everything this tab holds, sent from memory past a failing store. */
  readonly relayed: boolean
  /** Outbox rows and sealed batches not yet acknowledged; null until the store has told how many. */
  readonly unacknowledged: number | null
  readonly connection: ConnectionState
  /** Whether this document's missed updates have been caught up since the connection came. */
  readonly caughtUp: boolean
  /** Whether the relay, though connected, has acknowledged nothing for `answerMsMax`. */
  readonly unanswered: boolean
}

/** How long a connected relay may leave changes unacknowledged before the screen says so, ms. */
export const answerMsMax = 30_000

export type DocumentStatus =
  | { readonly kind: 'cannot-save'; readonly reason: StoreFailureReason; readonly changes: number }
  /** The relay has everything; this device could not store all of it. */
  | { readonly kind: 'relayed'; readonly reason: StoreFailureReason }
  | { readonly kind: 'writing' }
  /** What waits to be sent from before is not known yet: nothing can be said of it. */
  | { readonly kind: 'opening' }
  /** On this device only, with nobody to send to. */
  | { readonly kind: 'device'; readonly changes: number; readonly connecting: boolean }
  /** On this device, on its way to the relay. */
  | { readonly kind: 'saving'; readonly changes: number }
  /** On this device; the relay is connected and does not answer. */
  | { readonly kind: 'unanswered'; readonly changes: number }
  /** Everything is acknowledged, but others' changes may be missing. */
  | { readonly kind: 'behind'; readonly offline: boolean }
  | { readonly kind: 'saved' }
  | { readonly kind: 'stopped'; readonly reason: 'ticket' | 'release'; readonly changes: number }

export function statusOf(facts: StatusFacts): DocumentStatus {
  const changes = (facts.unacknowledged ?? 0) + facts.unwritten
  if (facts.failure !== null) {
    const { failure: reason } = facts
    return facts.relayed ? { kind: 'relayed', reason } : { kind: 'cannot-save', reason, changes }
  }
  if (facts.unwritten > 0) return { kind: 'writing' }
  if (facts.unacknowledged === null) return { kind: 'opening' }
  switch (facts.connection.kind) {
    case 'stopped':
      return { kind: 'stopped', reason: facts.connection.reason, changes }
    case 'online':
      if (changes > 0) return { kind: facts.unanswered ? 'unanswered' : 'saving', changes }
      return facts.caughtUp ? { kind: 'saved' } : { kind: 'behind', offline: false }
    case 'connecting':
    case 'offline': {
      const connecting = facts.connection.kind === 'connecting'
      if (changes > 0) return { kind: 'device', changes, connecting }
      return { kind: 'behind', offline: !connecting }
    }
  }
}

/** Whether something of the document is not yet where it is safe, as far as this device knows. */
export function changesIn(status: DocumentStatus): number {
  switch (status.kind) {
    case 'cannot-save':
    case 'device':
    case 'saving':
    case 'unanswered':
    case 'stopped':
      return status.changes
    case 'relayed':
    case 'writing':
    case 'opening':
    case 'behind':
    case 'saved':
      return 0
  }
}

/** The status as a person reads it; `detail` is the sentence of the popover and the list. */
export function wordsFor(status: DocumentStatus): { label: string; detail: string } {
  switch (status.kind) {
    case 'cannot-save':
      return {
        label: 'Cannot save',
        detail: `${storeFailureWords[status.reason]} ${unsavedWords(status.changes)}`.trim()
      }
    case 'relayed':
      return {
        label: 'Saved, not on this device',
        detail: `The relay has every change, sent from this tab’s memory. ${storeFailureWords[status.reason]}`
      }
    case 'writing':
      return { label: 'Saving…', detail: 'Being stored on this device.' }
    case 'opening':
      return { label: 'Opening…', detail: 'Looking up what this device has yet to send.' }
    case 'device':
      return {
        label: status.connecting ? 'Saved on this device' : 'Offline, saved on this device',
        detail: `${changesAre(status.changes)} only on this device, and sent as soon as the network returns.`
      }
    case 'saving':
      return { label: 'Saving…', detail: `${changesAre(status.changes)} on the way to the relay.` }
    case 'unanswered':
      return {
        label: 'Relay not answering',
        detail: `${changesAre(status.changes)} only on this device: the relay has not confirmed them for ${answerMsMax / 1000} seconds, though it is connected. They are sent again until it does.`
      }
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
  quota: 'There is no room left on this device. Free some space, and saving goes on by itself.',
  closed: 'The browser closed its storage. Meridian is opening it again; keep this tab open.',
  blocked:
    'Another tab with an older release holds the storage. Close the other Meridian tabs, and saving goes on by itself.',
  damaged:
    'The browser’s storage is damaged. Keep this tab open, and export the document to have it for certain.',
  emptied:
    'The browser has deleted what Meridian had stored. Keep this tab open: what it shows is stored again.',
  unavailable:
    'This browser lets Meridian store nothing here. Export the document before you close the tab.'
}

function unsavedWords(count: number): string {
  if (count === 0) return ''
  return `${changesAre(count)} not safe yet.`
}

function changesAre(count: number): string {
  return count === 1 ? '1 change is' : `${count} changes are`
}
