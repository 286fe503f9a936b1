// The network side's store on Dexie: sealing, receiving, settling, setting aside; each one transaction.
import {
  channelKey,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type OutboxId
} from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import { sameBytes } from '../../sync-api/protocol/bytes'
import { isSound, quarantine, summed, type OnDamage } from './damage'
import {
  channelOf,
  channelsIn,
  type MeridianDatabase,
  type OutboxRow,
  type SealedRow
} from './database'
import { attempt } from './failure'
import { batchesLackingIn } from './lacking'
import { moveLate } from './late'
import {
  StoreFailure,
  type ChannelState,
  type SealedBatch,
  type SyncStore,
  type Vouchers
} from './ports'
import { sealRows, type Batch } from './seal'
import { setAside } from './set-aside'
import { isLate } from './stored'
import { vouchedOf } from './vouched'

export type SyncStoreOptions = {
  /** Random bytes for outbox ids. */
  readonly random: (length: number) => Uint8Array
  /** ms since 1970, for what is set aside. */
  readonly now: () => number
  readonly onDamage?: OnDamage
}

export function openSyncStore(database: MeridianDatabase, options: SyncStoreOptions): SyncStore {
  return {
    state: (ref) => attempt(database, () => state(database, ref)),
    seal: (ref) => attempt(database, () => seal(database, ref, options)),
    receive: (ref, updates, from, to, vouchers = []) =>
      attempt(database, () => receive(database, ref, updates, from, to, vouchers)),
    receiveNext: (ref, updates, from, to, vouchers = []) =>
      attempt(database, () => receiveNext(database, ref, updates, from, to, vouchers)),
    settle: (ref, outbox, n, from, to) =>
      attempt(database, () => settle(database, ref, outbox, n, from, to)),
    giveBack: (ref, held, from, to) =>
      attempt(database, () => giveBack(database, ref, held, from, to, options)),
    doubt: (ref) => attempt(database, () => doubt(database, ref)),
    pending: () => attempt(database, () => pending(database)),
    setAside: (ref, reason) =>
      attempt(database, () => setAside(database, ref, reason, options.now()))
  }
}

async function state(database: MeridianDatabase, ref: ChannelRef): Promise<ChannelState> {
  const channel = channelKey(ref)
  const { channels, outbox, sealed, updates } = database
  return database.transaction('r', channels, outbox, sealed, updates, async () => {
    const row = await channelOf(database, channel)
    const ofChannel = updates.where('channel').equals(channel)
    const sealedBatches = await sealed.where('channel').equals(channel).count()
    const acknowledged = row.sealedLast > sealedBatches
    const isInLog = async (): Promise<boolean> =>
      acknowledged || (await ofChannel.filter(({ voucher }) => voucher !== undefined).count()) > 0
    return {
      cursor: row.cursor,
      epoch: row.epoch,
      outboxRows: await outbox.where('channel').equals(channel).count(),
      sealedBatches,
      doubted: row.doubted === 1,
      placeless: row.cursor.length === 0 && (await isInLog())
    }
  })
}

/** Rows sealed in one transaction: a long time offline must not become one long transaction. */
const rowsPerSealMax = 20_000

// Folds outside the transaction, which would otherwise hold back every tab's writes, and replaces
// exactly the rows it read; if another tab was faster, it begins again with what is left.
async function seal(
  database: MeridianDatabase,
  ref: ChannelRef,
  options: SyncStoreOptions
): Promise<readonly SealedBatch[]> {
  const channel = channelKey(ref)
  for (;;) {
    const waiting = database.outbox.where('channel').equals(channel)
    const rows = await waiting.limit(rowsPerSealMax).toArray()
    if (!rows.every(isSound)) await giveUp(database, ref, options)
    if (await hasLate(database, channel, rows)) {
      await moveLate(database, ref, options.now())
      continue
    }
    const sealed = await replace(database, channel, rows, sealRows(rows), options)
    if (sealed === null || rows.length === rowsPerSealMax) continue
    if (!sealed.every(isSound)) await giveUp(database, ref, options)
    return sealed.map((row) => batchOf(ref, row))
  }
}

async function hasLate(
  database: MeridianDatabase,
  channel: string,
  rows: readonly OutboxRow[]
): Promise<boolean> {
  if (rows.length === 0) return false
  const standing = await channelOf(database, channel)
  return rows.some((row) => isLate(row, standing))
}

// Without the damaged row the numbers have a gap, and what builds on it cannot be sent: the session
// begins anew, compares with the log and sends what that lacks.
async function giveUp(
  database: MeridianDatabase,
  ref: ChannelRef,
  { onDamage }: SyncStoreOptions
): Promise<never> {
  const rows = await quarantine(database, ref)
  onDamage?.(ref, rows)
  throw new StoreFailure('damaged', `${rows} rows were moved aside`)
}

// All sealed batches afterwards; null when some of the rows are no longer there.
async function replace(
  database: MeridianDatabase,
  channel: string,
  rows: readonly OutboxRow[],
  batches: readonly Batch[],
  options: SyncStoreOptions
): Promise<SealedRow[] | null> {
  const { channels, outbox, sealed } = database
  const mode = rows.length === 0 ? 'r' : 'rw'
  return database.transaction(mode, channels, outbox, sealed, async () => {
    if (rows.length > 0) {
      const keys = rows.map((row) => row.row)
      const there = await outbox.where('channel').equals(channel).limit(keys.length).primaryKeys()
      if (there.length !== keys.length || there.at(-1) !== keys.at(-1)) return null
      await outbox.bulkDelete(keys)
      await number(database, channel, batches, options)
    }
    return sealed.where('channel').equals(channel).sortBy('n')
  })
}

async function number(
  database: MeridianDatabase,
  channel: string,
  batches: readonly Batch[],
  options: SyncStoreOptions
): Promise<void> {
  const row = await channelOf(database, channel)
  const outbox = row.outbox ?? idOf<OutboxId>(options.random(shortIdBytes))
  await database.sealed.bulkAdd(
    batches.map((batch, index) => ({
      ...summed({ ...batch, channel }),
      outbox,
      n: row.sealedLast + 1 + index,
      writers: [...batch.writers]
    }))
  )
  const sealedLast = row.sealedLast + batches.length
  await database.channels.put({ ...row, outbox, sealedLast })
}

function batchOf(ref: ChannelRef, row: SealedRow): SealedBatch {
  const { outbox, n, update, writers, schemaMajor, voucher } = row
  const batch = { ref, outbox, n, update, writers, schemaMajor }
  return voucher === undefined ? batch : { ...batch, voucher }
}

async function receive(
  database: MeridianDatabase,
  ref: ChannelRef,
  updates: readonly Uint8Array[],
  from: Cursor,
  to: Cursor,
  vouchers: Vouchers
): Promise<Cursor> {
  const channel = channelKey(ref)
  const { channels, updates: table } = database
  return database.transaction('rw', channels, table, async () => {
    if (updates.length > 0) {
      await table.bulkAdd(
        updates.map((update, at) => {
          const voucher = vouchers[at] ?? null
          return summed(voucher === null ? { channel, update } : { channel, update, voucher })
        })
      )
    }
    return moveCursor(database, channel, from, to)
  })
}

async function receiveNext(
  database: MeridianDatabase,
  ref: ChannelRef,
  updates: readonly Uint8Array[],
  from: Cursor,
  to: Cursor,
  vouchers: Vouchers
): Promise<Cursor> {
  const { channels, updates: table } = database
  return database.transaction('rw', channels, table, async () => {
    const { cursor } = await channelOf(database, channelKey(ref))
    return sameBytes(cursor, from) ? receive(database, ref, updates, from, to, vouchers) : cursor
  })
}

async function settle(
  database: MeridianDatabase,
  ref: ChannelRef,
  outbox: OutboxId,
  n: number,
  from: Cursor,
  to: Cursor
): Promise<Cursor> {
  const channel = channelKey(ref)
  const { channels, sealed } = database
  return database.transaction('rw', channels, sealed, async () => {
    // A late answer to an outbox that was set aside must not touch the batch of the new one.
    await sealed
      .where('[channel+n]')
      .equals([channel, n])
      .filter((row) => row.outbox === outbox)
      .delete()
    return moveCursor(database, channel, from, to)
  })
}

async function moveCursor(
  database: MeridianDatabase,
  channel: string,
  from: Cursor,
  to: Cursor
): Promise<Cursor> {
  const row = await channelOf(database, channel)
  if (!sameBytes(row.cursor, from)) return row.cursor
  await database.channels.put({ ...row, cursor: to })
  return to
}

// Compared outside the transaction, as sealing folds: what is written meanwhile lies in the outbox.
async function giveBack(
  database: MeridianDatabase,
  ref: ChannelRef,
  held: readonly Uint8Array[] | null,
  from: Cursor,
  to: Cursor,
  options: SyncStoreOptions
): Promise<Cursor> {
  const channel = channelKey(ref)
  const { channels, updates, sealed, vouched } = database
  const standing = await channelOf(database, channel)
  const kept = await updates.where('channel').equals(channel).toArray()
  const own = kept.filter((row) => isSound(row) && !isLate(row, standing))
  const here = own.map((row) => row.update)
  const folded = await vouched.where('channel').equals(channel).toArray()
  const entries = vouchedOf([...folded.filter(isSound), ...own])
  const lacking = held === null ? [] : batchesLackingIn(ref.channel, held, here, entries)
  return database.transaction('rw', channels, sealed, async () => {
    const { doubted: _, ...row } = await channelOf(database, channel)
    await channels.put(row)
    if (held !== null) {
      const waiting = await sealed.where('channel').equals(channel).sortBy('n')
      await sealed.where('channel').equals(channel).delete()
      await channels.put({ ...row, outbox: null, sealedLast: 0 })
      await number(database, channel, [...lacking, ...waiting.filter(isSound)], options)
    }
    return moveCursor(database, channel, from, to)
  })
}

async function doubt(database: MeridianDatabase, ref: ChannelRef): Promise<void> {
  const { channels } = database
  await database.transaction('rw', channels, async () => {
    await channels.put({ ...(await channelOf(database, channelKey(ref))), doubted: 1 })
  })
}

async function pending(database: MeridianDatabase): Promise<readonly ChannelRef[]> {
  const { outbox, sealed } = database
  return database.transaction('r', outbox, sealed, async () => {
    const busy = [...(await channelsIn(outbox)), ...(await channelsIn(sealed))]
    return [...new Map(busy.map((ref) => [channelKey(ref), ref])).values()]
  })
}
