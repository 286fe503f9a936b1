// What this device has stored of a channel that is opened, and what of it this tab answers for.
import { channelKey, clientIdOf, type ChannelRef } from '../../sync-api/protocol/ids'
import type { Notice } from '../store/notices'
import type { StoredChannel } from '../store/ports'
import type { ReplicaOptions } from './replica'

export type Earlier = {
  readonly stored: StoredChannel
  /** Clients of Yjs that this device was. */
  readonly clients: ReadonlySet<number>
  /** What came in after this device had last written, and no view has seen; null if another tab answers. */
  readonly heard: readonly Uint8Array[] | null
  readonly release: () => void
}

const nothing = (): void => undefined

/** Reads it. `early` gathers what is told meanwhile; what is void by then is taken out of it. */
export async function readEarlier(options: ReplicaOptions, early: Notice[]): Promise<Earlier> {
  const { ref, person, claimEarlier } = options
  const release = claimEarlier === null ? null : await claimEarlier(ref)
  try {
    const stored = await loadStanding(options, early)
    if (release === null) return { stored, clients: new Set(), heard: null, release: nothing }
    const clients = new Set(stored.writers.map((writer) => clientIdOf(ref, person, writer)))
    const heard = stored.updates.slice(stored.updates.length - stored.heard)
    return { stored, clients, heard, release }
  } catch (cause) {
    release?.()
    throw cause
  }
}

// Set aside while they were read, the rows may be of before, and what was told until then was stored
// before as well: read again, they are all that stands.
async function loadStanding(
  { ref, store }: ReplicaOptions,
  early: Notice[]
): Promise<StoredChannel> {
  for (;;) {
    const stored = await store.load(ref)
    if (!early.some((notice) => notice.kind === 'set-aside' && isOf(ref, notice))) return stored
    early.length = 0
  }
}

/** Whether a notice is about the channel. */
export function isOf(ref: ChannelRef, notice: Extract<Notice, { ref: ChannelRef }>): boolean {
  return channelKey(notice.ref) === channelKey(ref)
}
