// Edits that were made on what has been set aside: they join the copy that holds what they build on.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { channelOf, type CopyRow, type MeridianDatabase } from './database'
import { mergeInTree } from './fold'
import { isLate } from './stored'

/** Moves a channel's late rows to its newest copy, or to one of their own; one transaction. */
export function moveLate(database: MeridianDatabase, ref: ChannelRef, now: number): Promise<void> {
  const channel = channelKey(ref)
  const { channels, updates, outbox, copies } = database
  return database.transaction('rw', channels, updates, outbox, copies, async () => {
    const standing = await channelOf(database, channel)
    const waiting = outbox.where('channel').equals(channel)
    const late = await waiting.filter((row) => isLate(row, standing)).toArray()
    if (late.length === 0) return
    await outbox.bulkDelete(late.map(({ row }) => row))
    const rows = updates.where('channel').equals(channel)
    await rows.filter((row) => isLate(row, standing)).delete()
    const edits = late.map(({ update }) => update)
    const copy = await newestCopy(database, ref)
    await copies.put(copy === undefined ? copyOf(ref, edits, now) : joined(copy, edits))
  })
}

async function newestCopy(
  database: MeridianDatabase,
  ref: ChannelRef
): Promise<CopyRow | undefined> {
  const channel = channelKey(ref)
  const all = database.copies.where('document').equals(ref.document)
  return all.filter((copy) => copy.channel === channel && copy.reason !== 'replaced').last()
}

function joined(copy: CopyRow, edits: readonly Uint8Array[]): CopyRow {
  return {
    ...copy,
    update: mergeInTree([copy.update, ...edits]),
    unacknowledged: mergeInTree([copy.unacknowledged, ...edits])
  }
}

/** The person has taken the copy since, or let it go. */
function copyOf(ref: ChannelRef, edits: readonly Uint8Array[], at: number): Omit<CopyRow, 'copy'> {
  const { document } = ref
  const all = mergeInTree(edits)
  const channel = channelKey(ref)
  return { document, channel, reason: 'not-allowed', at, update: all, unacknowledged: all }
}
