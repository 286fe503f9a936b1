// The editing side's store on Dexie: update rows of a channel, and local ones with their outbox rows.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { appendLocal } from './append-local'
import {
  damagedIn,
  isSound,
  quarantine,
  rowsOf,
  soundOf,
  summed,
  type ChannelRows,
  type OnDamage
} from './damage'
import {
  channelOf,
  type ChannelRow,
  type MeridianDatabase,
  type OutboxRow,
  type UpdateRow
} from './database'
import { attempt, storeFailureOf } from './failure'
import { foldState } from './fold'
import type { ReplicaStore, StoredChannel, StoredUpdates } from './ports'
import { foldedRow, isLate, ownOf, storedOf } from './stored'
import { overVouched, vouchedOf } from './vouched'

/** `onDamage` hears of rows that were moved aside while a channel was read. */
export function openReplicaStore(
  database: MeridianDatabase,
  onDamage: OnDamage = () => undefined
): ReplicaStore {
  return {
    load: (ref) => attempt(database, () => load(database, ref, onDamage)),
    loadAfter: (ref, row) => attempt(database, () => loadAfter(database, ref, row)),
    appendLocal: (ref, updates) => appendLocal(database, ref, updates),
    compact: (ref) => attempt(database, () => compact(database, ref))
  }
}

async function load(
  database: MeridianDatabase,
  ref: ChannelRef,
  onDamage: OnDamage
): Promise<StoredChannel> {
  const rows = await read(database, ref)
  const damaged = damagedIn(rows)
  if (damaged > 0) {
    // A full disk has no room to move them to: they stay where they are and are passed over.
    await quarantine(database, ref).catch(storeFailureOf)
    onDamage(ref, damaged)
  }
  const { standing, ...left } = damaged === 0 ? rows : await read(database, ref)
  const { updates, outbox, sealed } = soundOf(left)
  const { asides = 0 } = standing
  return { ...storedOf(updates, 0), ...ownOf(updates, outbox, sealed), asides }
}

type Read = ChannelRows & { readonly standing: ChannelRow }

/** The rows of a channel as it stands, without those that are late. */
function read(database: MeridianDatabase, ref: ChannelRef): Promise<Read> {
  const { channels, updates, outbox, sealed } = database
  return database.transaction('r', channels, updates, outbox, sealed, async () => {
    const standing = await channelOf(database, channelKey(ref))
    const rows = await rowsOf(database, channelKey(ref))
    const stands = (row: UpdateRow | OutboxRow): boolean => !isLate(row, standing)
    return {
      standing,
      updates: rows.updates.filter(stands),
      outbox: rows.outbox.filter(stands),
      sealed: rows.sealed
    }
  })
}

async function loadAfter(
  database: MeridianDatabase,
  ref: ChannelRef,
  after: number
): Promise<StoredUpdates> {
  const { updates } = await read(database, ref)
  return storedOf(
    updates.filter((row) => row.row > after && isSound(row)),
    after
  )
}

// The index on `channel` gives rows of one channel in the order of their primary key.
function updatesOf(database: MeridianDatabase, ref: ChannelRef): PromiseLike<UpdateRow[]> {
  return database.updates.where('channel').equals(channelKey(ref)).toArray()
}

// Reads and folds outside the transaction, which would otherwise hold back every tab's writes; then
// replaces exactly the rows it read, if no other tab has done so meanwhile.
async function compact(database: MeridianDatabase, ref: ChannelRef): Promise<void> {
  const rows = await updatesOf(database, ref)
  // Damaged rows are moved aside when the channel is next opened, late ones when it is sealed.
  const standing = await channelOf(database, channelKey(ref))
  const isFit = (row: UpdateRow): boolean => isSound(row) && !isLate(row, standing)
  if (rows.length < 2 || !rows.every(isFit)) return
  const folded = foldState(
    ref.channel,
    rows.map((row) => row.update)
  )
  if (folded === null) return
  const channel = channelKey(ref)
  const keys = rows.map((row) => row.row)
  const { updates, vouched } = database
  await database.transaction('rw', updates, vouched, async () => {
    const still = new Set(await updates.where('channel').equals(channel).primaryKeys())
    if (!keys.every((key) => still.has(key))) return
    await updates.bulkDelete(keys)
    await updates.add(summed({ channel, ...foldedRow(rows, folded) }))
    await vouched.bulkAdd(vouchedOf(rows).map((one) => summed({ channel, ...one })))
    const kept = await vouched.where('channel').equals(channel).toArray()
    await vouched.bulkDelete(kept.slice(0, overVouched(kept)).map(({ number }) => number))
  })
}
