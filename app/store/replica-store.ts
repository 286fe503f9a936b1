// The editing side's store on Dexie: update rows of a channel, and local ones with their outbox rows.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { appendLocal } from './append-local'
import type { MeridianDatabase, UpdateRow } from './database'
import { attempt } from './failure'
import { foldState } from './fold'
import type { ReplicaStore, StoredChannel, StoredUpdates } from './ports'
import { foldedRow, ownOf, storedOf } from './stored'

export function openReplicaStore(database: MeridianDatabase): ReplicaStore {
  return {
    load: (ref) => attempt(database, () => load(database, ref)),
    loadAfter: (ref, row) => attempt(database, () => loadAfter(database, ref, row)),
    appendLocal: (ref, updates) => appendLocal(database, ref, updates),
    compact: (ref) => attempt(database, () => compact(database, ref))
  }
}

async function load(database: MeridianDatabase, ref: ChannelRef): Promise<StoredChannel> {
  const { updates, outbox, sealed } = database
  const channel = channelKey(ref)
  return database.transaction('r', updates, outbox, sealed, async () => {
    const rows = await rowsOf(database, ref, 0)
    const waiting = await outbox.where('channel').equals(channel).toArray()
    const batches = await sealed.where('channel').equals(channel).toArray()
    return { ...storedOf(rows, 0), ...ownOf(rows, waiting, batches) }
  })
}

async function loadAfter(
  database: MeridianDatabase,
  ref: ChannelRef,
  after: number
): Promise<StoredUpdates> {
  return storedOf(await rowsOf(database, ref, after), after)
}

// The index on `channel` gives rows of one channel in the order of their primary key.
async function rowsOf(
  database: MeridianDatabase,
  ref: ChannelRef,
  after: number
): Promise<UpdateRow[]> {
  const rows = await database.updates.where('channel').equals(channelKey(ref)).toArray()
  return after === 0 ? rows : rows.filter((row) => row.row > after)
}

// Reads and folds outside the transaction, which would otherwise hold back every tab's writes; then
// replaces exactly the rows it read, if no other tab has done so meanwhile.
async function compact(database: MeridianDatabase, ref: ChannelRef): Promise<void> {
  const rows = await rowsOf(database, ref, 0)
  if (rows.length < 2) return
  const folded = foldState(
    ref.channel,
    rows.map((row) => row.update)
  )
  if (folded === null) return
  const channel = channelKey(ref)
  const keys = rows.map((row) => row.row)
  await database.transaction('rw', database.updates, async () => {
    const still = new Set(await database.updates.where('channel').equals(channel).primaryKeys())
    if (!keys.every((key) => still.has(key))) return
    await database.updates.bulkDelete(keys)
    await database.updates.add({ channel, ...foldedRow(rows, folded) })
  })
}
