// What Dexie has of a channel as a digest: apart, since the service worker compares nothing.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import { isSound } from './damage'
import { channelOf, type MeridianDatabase } from './database'
import { digestOfStored } from './digest'
import { attempt } from './failure'
import type { DigestStore } from './ports'

export function openDigestStore(database: MeridianDatabase): DigestStore {
  return {
    async digest(ref) {
      const stored = await attempt(database, () => atRest(database, ref))
      const digest = stored === null ? null : digestOfStored(ref.channel, stored.updates)
      return stored === null || digest === null ? null : { cursor: stored.cursor, digest }
    }
  }
}

/** What is stored, if nothing waits: then it is what the log holds up to the cursor. */
async function atRest(
  database: MeridianDatabase,
  ref: ChannelRef
): Promise<{ readonly cursor: Cursor; readonly updates: readonly Uint8Array[] } | null> {
  const channel = channelKey(ref)
  const { channels, updates, outbox, sealed } = database
  return database.transaction('r', channels, updates, outbox, sealed, async () => {
    const { cursor, doubted } = await channelOf(database, channel)
    const waiting = await outbox.where('channel').equals(channel).count()
    const unacknowledged = await sealed.where('channel').equals(channel).count()
    if (doubted === 1 || waiting + unacknowledged > 0) return null
    const rows = await updates.where('channel').equals(channel).toArray()
    return { cursor, updates: rows.filter(isSound).map((row) => row.update) }
  })
}
