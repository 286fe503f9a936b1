// The network side's store on Dexie: sealing, receiving, settling, setting aside; each one transaction.
import {
  channelKey,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type OutboxId
} from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import { sameBytes } from './bytes'
import {
  channelsIn,
  type ChannelRow,
  type MeridianDatabase,
  type OutboxRow,
  type SealedRow
} from './database'
import { attempt } from './failure'
import { mergeInTree } from './fold'
import { batchesLackingIn } from './lacking'
import type { ChannelState, SealedBatch, SyncStore } from './ports'
import { sealRows, type Batch } from './seal'

export type SyncStoreOptions = {
  /** Random bytes for outbox ids. */
  readonly random: (length: number) => Uint8Array
  /** ms since 1970, for what is set aside. */
  readonly now: () => number
}

export function openSyncStore(database: MeridianDatabase, options: SyncStoreOptions): SyncStore {
  return {
    state: (ref) => attempt(database, () => state(database, ref)),
    seal: (ref) => attempt(database, () => seal(database, ref, options)),
    receive: (ref, updates, from, to) =>
      attempt(database, () => receive(database, ref, updates, from, to)),
    settle: (ref, outbox, n, from, to) =>
      attempt(database, () => settle(database, ref, outbox, n, from, to)),
    giveBack: (ref, held, from, to) =>
      attempt(database, () => giveBack(database, ref, held, from, to, options)),
    pending: () => attempt(database, () => pending(database)),
    setAside: (ref, reason) => attempt(database, () => setAside(database, ref, reason, options))
  }
}

async function state(database: MeridianDatabase, ref: ChannelRef): Promise<ChannelState> {
  const channel = channelKey(ref)
  const { channels, outbox, sealed } = database
  return database.transaction('r', channels, outbox, sealed, async () => {
    const row = await channelOf(database, channel)
    return {
      cursor: row.cursor,
      epoch: row.epoch,
      outboxRows: await outbox.where('channel').equals(channel).count(),
      sealedBatches: await sealed.where('channel').equals(channel).count()
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
    const sealed = await replace(database, channel, rows, sealRows(rows), options)
    const all = rows.length < rowsPerSealMax
    if (sealed !== null && all) return sealed.map((row) => batchOf(ref, row))
  }
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
    batches.map(({ update, writers, schemaMajor }, index) => ({
      channel,
      outbox,
      n: row.sealedLast + 1 + index,
      update,
      writers: [...writers],
      schemaMajor
    }))
  )
  const sealedLast = row.sealedLast + batches.length
  await database.channels.put({ ...row, outbox, sealedLast })
}

function batchOf(ref: ChannelRef, row: SealedRow): SealedBatch {
  const { outbox, n, update, writers, schemaMajor } = row
  return { ref, outbox, n, update, writers, schemaMajor }
}

async function receive(
  database: MeridianDatabase,
  ref: ChannelRef,
  updates: readonly Uint8Array[],
  from: Cursor,
  to: Cursor
): Promise<Cursor> {
  const channel = channelKey(ref)
  const { channels, updates: table } = database
  return database.transaction('rw', channels, table, async () => {
    if (updates.length > 0) await table.bulkAdd(updates.map((update) => ({ channel, update })))
    return moveCursor(database, channel, from, to)
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
  held: readonly Uint8Array[],
  from: Cursor,
  to: Cursor,
  options: SyncStoreOptions
): Promise<Cursor> {
  const channel = channelKey(ref)
  const { channels, updates, sealed } = database
  const kept = await updates.where('channel').equals(channel).toArray()
  const here = kept.map((row) => row.update)
  const lacking = batchesLackingIn(ref.channel, held, here)
  return database.transaction('rw', channels, sealed, async () => {
    const waiting = await sealed.where('channel').equals(channel).sortBy('n')
    await sealed.where('channel').equals(channel).delete()
    const row = await channelOf(database, channel)
    await channels.put({ ...row, outbox: null, sealedLast: 0 })
    await number(database, channel, [...lacking, ...waiting], options)
    return moveCursor(database, channel, from, to)
  })
}

async function pending(database: MeridianDatabase): Promise<readonly ChannelRef[]> {
  const { outbox, sealed } = database
  return database.transaction('r', outbox, sealed, async () => {
    const busy = [...(await channelsIn(outbox)), ...(await channelsIn(sealed))]
    return [...new Map(busy.map((ref) => [channelKey(ref), ref])).values()]
  })
}

async function setAside(
  database: MeridianDatabase,
  ref: ChannelRef,
  reason: RefusalReason,
  options: SyncStoreOptions
): Promise<number> {
  const channel = channelKey(ref)
  const { channels, updates, outbox, sealed, copies } = database
  const at = options.now()
  return database.transaction('rw', [channels, updates, outbox, sealed, copies], async () => {
    const kept = await updates.where('channel').equals(channel).toArray()
    const sent = await sealed.where('channel').equals(channel).sortBy('n')
    const waiting = await outbox.where('channel').equals(channel).toArray()
    const unacknowledged = [...sent, ...waiting].map((row) => row.update)
    for (const table of [updates, outbox, sealed]) {
      await table.where('channel').equals(channel).delete()
    }
    // With the cursor goes the outbox: its next number was refused and stays unused for ever.
    await channels.delete(channel)
    return copies.add({
      document: ref.document,
      channel,
      reason,
      at,
      update: mergeInTree(kept.map((row) => row.update)),
      unacknowledged: mergeInTree(unacknowledged)
    })
  })
}

async function channelOf(database: MeridianDatabase, channel: string): Promise<ChannelRow> {
  const row = await database.channels.get(channel)
  return row ?? { channel, cursor: new Uint8Array(), epoch: 0, outbox: null, sealedLast: 0 }
}
