// What this device holds of a channel, moved to a copy: the relay refuses its edits.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import { rowsOf, soundOf } from './damage'
import { channelOf, newChannel, type MeridianDatabase } from './database'
import { mergeInTree } from './fold'

/** Everything it holds of the channel becomes a copy, and it begins anew; one transaction. Answers the copy's number. */
export async function setAside(
  database: MeridianDatabase,
  ref: ChannelRef,
  reason: RefusalReason,
  at: number
): Promise<number> {
  const channel = channelKey(ref)
  const { channels, updates, outbox, sealed, vouched, copies } = database
  const tables = [channels, updates, outbox, sealed, vouched, copies]
  return database.transaction('rw', tables, async () => {
    const kept = soundOf(await rowsOf(database, channel))
    const unacknowledged = [...kept.sealed, ...kept.outbox].map((row) => row.update)
    for (const table of [updates, outbox, sealed, vouched]) {
      await table.where('channel').equals(channel).delete()
    }
    // With the cursor goes the outbox: its next number was refused and stays unused for ever.
    const { asides = 0 } = await channelOf(database, channel)
    await channels.put({ ...newChannel(channel), asides: asides + 1 })
    return copies.add({
      document: ref.document,
      channel,
      reason,
      at,
      update: mergeInTree(kept.updates.map((row) => row.update)),
      unacknowledged: mergeInTree(unacknowledged)
    })
  })
}
