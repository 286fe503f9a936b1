// Rows that are not what was stored: moved aside and kept, so that the rest of the document opens.
import type { Table } from 'dexie'
import * as Y from 'yjs'
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { checksumOf } from './checksum'
import {
  channelOf,
  type DamagedRow,
  type MeridianDatabase,
  type OutboxRow,
  type SealedRow,
  type UpdateRow
} from './database'
import { isLate } from './stored'

/** Told after rows of a channel were moved aside: what they held has to come from the relay. */
export type OnDamage = (ref: ChannelRef, rows: number) => void

type Checked = { readonly update: Uint8Array; readonly sum?: number }

/** `row` with the checksum that `isSound` asks for. */
export function summed<T extends { readonly update: Uint8Array }>(row: T): T & { sum: number } {
  return { ...row, sum: checksumOf(row.update) }
}

/** Whether a row holds what was stored in it; rows of releases without sums must at least decode. */
export function isSound({ update, sum }: Checked): boolean {
  if (!(update instanceof Uint8Array)) return false
  return sum === undefined ? decodes(update) : sum === checksumOf(update)
}

function decodes(update: Uint8Array): boolean {
  try {
    Y.decodeUpdate(update)
    return true
  } catch {
    // Yjs throws whatever its reader ran into: all that matters is that it did.
    return false
  }
}

/** A channel's rows as they were read. */
export type ChannelRows = {
  readonly updates: readonly UpdateRow[]
  readonly outbox: readonly OutboxRow[]
  readonly sealed: readonly SealedRow[]
}

/** Those of the rows that are sound. */
export function soundOf({ updates, outbox, sealed }: ChannelRows): ChannelRows {
  return {
    updates: updates.filter(isSound),
    outbox: outbox.filter(isSound),
    sealed: sealed.filter(isSound)
  }
}

export function damagedIn(rows: ChannelRows): number {
  return [...rows.updates, ...rows.outbox, ...rows.sealed].filter((row) => !isSound(row)).length
}

/**
 * Moves a channel's damaged rows aside and has it compared with its log from the beginning: what the
 * relay has comes back, and what it lacks is sent. One transaction; answers how many were moved.
 */
export async function quarantine(database: MeridianDatabase, ref: ChannelRef): Promise<number> {
  const at = Date.now()
  const { channels, updates, outbox, sealed, damaged } = database
  const channel = channelKey(ref)
  return database.transaction('rw', [channels, updates, outbox, sealed, damaged], async () => {
    // Read again inside: another tab may have moved them, and folded the rest, since.
    const rows = await rowsOf(database, channel)
    const count = damagedIn(rows)
    if (count === 0) return 0
    const moved = await moveAside(database, channel, rows, at)
    await damaged.bulkAdd(moved)
    // What still waits to be sent is this device's own, and may be what the lost rows held.
    const standing = await channelOf(database, channel)
    const { sealed: sent, outbox: unsent } = soundOf(rows)
    const waiting = [...sent, ...unsent.filter((row) => !isLate(row, standing))]
    await updates.bulkAdd(waiting.map(({ update }) => summed({ channel, update })))
    await channels.put({ ...standing, doubted: 1 })
    return count
  })
}

export async function rowsOf(database: MeridianDatabase, channel: string): Promise<ChannelRows> {
  const { updates, outbox, sealed } = database
  return {
    updates: await updates.where('channel').equals(channel).toArray(),
    outbox: await outbox.where('channel').equals(channel).toArray(),
    sealed: await sealed.where('channel').equals(channel).sortBy('n')
  }
}

async function moveAside(
  database: MeridianDatabase,
  channel: string,
  rows: ChannelRows,
  at: number
): Promise<Omit<DamagedRow, 'number'>[]> {
  const moved: Omit<DamagedRow, 'number'>[] = []
  for (const table of ['updates', 'outbox', 'sealed'] as const) {
    for (const row of rows[table]) {
      if (isSound(row)) continue
      moved.push({ channel, table, at, row })
      const target: Pick<Table, 'delete'> = database[table]
      await target.delete('row' in row ? row.row : [row.channel, row.n])
    }
  }
  return moved
}
