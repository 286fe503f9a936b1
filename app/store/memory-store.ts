// The store's twin in memory, without clock or browser: for simulations, and for tests of both sides.
import {
  channelKey,
  channelRefOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type OutboxId
} from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import { schemaVersion } from '../../sync-api/protocol/version'
import { sameBytes } from './bytes'
import { foldState } from './fold'
import type { ReplicaStore, SealedBatch, SyncStore } from './ports'
import { sealRows, type Unsealed } from './seal'

export type MemoryCopy = {
  readonly ref: ChannelRef
  readonly reason: RefusalReason
  readonly updates: readonly Uint8Array[]
  readonly unacknowledged: readonly Uint8Array[]
}

export type MemoryStore = ReplicaStore &
  SyncStore & {
    /** What was set aside, by its number. */
    readonly copies: ReadonlyMap<number, MemoryCopy>
  }

type Row = { readonly row: number; readonly update: Uint8Array }
type Channel = {
  rows: Row[]
  waiting: Unsealed[]
  sealed: SealedBatch[]
  cursor: Cursor
  outbox: OutboxId | null
  sealedLast: number
}

/**
 * A device's store that forgets when it is dropped. Every call takes effect at once, so the order
 * of calls is the order of commits. `random` gives bytes for outbox ids.
 */
export function createMemoryStore(random: (length: number) => Uint8Array): MemoryStore {
  const channels = new Map<string, Channel>()
  const copies = new Map<number, MemoryCopy>()
  let lastRow = 0

  const channelOf = (ref: ChannelRef): Channel => {
    const key = channelKey(ref)
    const known = channels.get(key)
    if (known !== undefined) return known
    const made = emptyChannel()
    channels.set(key, made)
    return made
  }
  const addRow = (channel: Channel, update: Uint8Array): void => {
    channel.rows.push({ row: ++lastRow, update })
  }

  return {
    copies,
    load: (ref) => Promise.resolve(storedAfter(channelOf(ref), 0)),
    loadAfter: (ref, row) => Promise.resolve(storedAfter(channelOf(ref), row)),
    appendLocal(ref, updates) {
      if (updates.length === 0) throw new Error('Nothing to append')
      const channel = channelOf(ref)
      for (const { update, writer } of updates) {
        addRow(channel, update)
        channel.waiting.push({ update, writer, schemaMajor: schemaVersion.major })
      }
      return Promise.resolve(lastRow)
    },
    compact(ref) {
      const channel = channelOf(ref)
      const folded =
        channel.rows.length < 2 ? null : foldState(ref.channel, updatesOf(channel.rows))
      if (folded !== null) {
        channel.rows = []
        addRow(channel, folded)
      }
      return Promise.resolve()
    },
    state(ref) {
      const { cursor, waiting, sealed } = channelOf(ref)
      const counts = { outboxRows: waiting.length, sealedBatches: sealed.length }
      return Promise.resolve({ cursor, epoch: 0, ...counts })
    },
    seal(ref) {
      const channel = channelOf(ref)
      if (channel.waiting.length > 0) sealWaiting(ref, channel, random)
      return Promise.resolve([...channel.sealed])
    },
    receive(ref, updates, from, to) {
      const channel = channelOf(ref)
      for (const update of updates) addRow(channel, update)
      return Promise.resolve(moveCursor(channel, from, to))
    },
    settle(ref, outbox, n, from, to) {
      const channel = channelOf(ref)
      channel.sealed = channel.sealed.filter((batch) => batch.n !== n || batch.outbox !== outbox)
      return Promise.resolve(moveCursor(channel, from, to))
    },
    pending() {
      const busy = [...channels].filter(([, { waiting, sealed }]) => waiting.length + sealed.length)
      return Promise.resolve(busy.map(([key]) => channelRefOf(key)))
    },
    setAside(ref, reason) {
      const { rows, sealed, waiting } = channelOf(ref)
      const copy = copies.size + 1
      const unacknowledged = updatesOf([...sealed, ...waiting])
      copies.set(copy, { ref, reason, updates: updatesOf(rows), unacknowledged })
      channels.delete(channelKey(ref))
      return Promise.resolve(copy)
    }
  }
}

function emptyChannel(): Channel {
  return {
    rows: [],
    waiting: [],
    sealed: [],
    cursor: new Uint8Array(),
    outbox: null,
    sealedLast: 0
  }
}

function storedAfter(channel: Channel, row: number): { updates: Uint8Array[]; lastRow: number } {
  const rows = channel.rows.filter((one) => one.row > row)
  return { updates: updatesOf(rows), lastRow: rows.at(-1)?.row ?? row }
}

function updatesOf(rows: readonly { readonly update: Uint8Array }[]): Uint8Array[] {
  return rows.map((row) => row.update)
}

function sealWaiting(ref: ChannelRef, channel: Channel, random: (n: number) => Uint8Array): void {
  channel.outbox ??= idOf<OutboxId>(random(shortIdBytes))
  for (const batch of sealRows(channel.waiting)) {
    channel.sealed.push({ ref, outbox: channel.outbox, n: ++channel.sealedLast, ...batch })
  }
  channel.waiting = []
}

function moveCursor(channel: Channel, from: Cursor, to: Cursor): Cursor {
  if (sameBytes(channel.cursor, from)) channel.cursor = to
  return channel.cursor
}
