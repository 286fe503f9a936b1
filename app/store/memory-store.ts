// The store's twin in memory, without clock or browser: for simulations, and for tests of both sides.
import {
  channelKey,
  channelRefOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type OutboxId,
  type WriterId
} from '../../sync-api/protocol/ids'
import type { Cursor, Voucher } from '../../sync-api/protocol/messages'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import { schemaVersion } from '../../sync-api/protocol/version'
import { sameBytes } from '../../sync-api/protocol/bytes'
import { digestOfStored } from './digest'
import { foldState } from './fold'
import { batchesLackingIn } from './lacking'
import type {
  DigestStore,
  ReplicaStore,
  SealedBatch,
  StoredUpdates,
  SyncStore,
  Vouchers
} from './ports'
import { sealRows, type Batch, type Unsealed } from './seal'
import { foldedRow, isLate, ownOf, storedOf } from './stored'
import { overVouched, vouchedOf, type VouchedUpdate } from './vouched'

export type MemoryCopy = {
  readonly ref: ChannelRef
  readonly reason: RefusalReason
  readonly updates: readonly Uint8Array[]
  readonly unacknowledged: readonly Uint8Array[]
}

export type MemoryStore = ReplicaStore &
  SyncStore &
  DigestStore & {
    /** What was set aside, by its number. */
    readonly copies: ReadonlyMap<number, MemoryCopy>
  }

type Row = {
  readonly row: number
  readonly update: Uint8Array
  readonly writers?: readonly WriterId[]
  readonly asides?: number | undefined
  readonly voucher?: Voucher | undefined
}

type Waiting = Unsealed & Pick<Row, 'asides'>

type Channel = {
  rows: Row[]
  waiting: Waiting[]
  sealed: SealedBatch[]
  cursor: Cursor
  outbox: OutboxId | null
  sealedLast: number
  doubted: boolean
  asides: number
  /** Of rows that were folded. */
  vouched: VouchedUpdate[]
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
  const addRow = (channel: Channel, row: Omit<Row, 'row'>): void => {
    channel.rows.push({ row: ++lastRow, ...row })
  }

  function addReceived(channel: Channel, updates: readonly Uint8Array[], vouchers: Vouchers): void {
    for (const [at, update] of updates.entries()) {
      addRow(channel, { update, voucher: vouchers[at] ?? undefined })
    }
  }

  function moveLate(ref: ChannelRef, channel: Channel): void {
    const late = updatesOf(channel.waiting.filter((row) => isLate(row, channel)))
    if (late.length === 0) return
    channel.rows = standing(channel, channel.rows)
    channel.waiting = standing(channel, channel.waiting)
    const ofChannel = [...copies].filter(([, copy]) => channelKey(copy.ref) === channelKey(ref))
    const [number, copy] = ofChannel.at(-1) ?? [copies.size + 1, null]
    const { reason = 'not-allowed', updates = [], unacknowledged = [] } = copy ?? {}
    copies.set(number, {
      ...{ ref, reason, updates: [...updates, ...late] },
      unacknowledged: [...unacknowledged, ...late]
    })
  }

  return {
    copies,
    load(ref) {
      const channel = channelOf(ref)
      const { asides, sealed } = channel
      const [rows, waiting] = [standing(channel, channel.rows), standing(channel, channel.waiting)]
      return Promise.resolve({ ...storedOf(rows, 0), ...ownOf(rows, waiting, sealed), asides })
    },
    loadAfter: (ref, row) => Promise.resolve(storedAfter(channelOf(ref), row)),
    appendLocal(ref, updates) {
      if (updates.length === 0) throw new Error('Nothing to append')
      const channel = channelOf(ref)
      for (const { update, writer, asides } of updates) {
        addRow(channel, { update, writers: [writer], asides })
        channel.waiting.push({ update, writer, schemaMajor: schemaVersion.major, asides })
      }
      return Promise.resolve(lastRow)
    },
    compact(ref) {
      const channel = channelOf(ref)
      const { length } = channel.rows
      const fit = length > 1 && standing(channel, channel.rows).length === length
      const folded = fit ? foldState(ref.channel, updatesOf(channel.rows)) : null
      if (folded !== null) {
        const row = foldedRow(channel.rows, folded)
        const kept = [...channel.vouched, ...vouchedOf(channel.rows)]
        channel.vouched = kept.slice(overVouched(kept))
        channel.rows = []
        addRow(channel, row)
      }
      return Promise.resolve()
    },
    state(ref) {
      const { cursor, rows, waiting, sealed, sealedLast, doubted } = channelOf(ref)
      const counts = { outboxRows: waiting.length, sealedBatches: sealed.length }
      const received = rows.some(({ voucher }) => voucher !== undefined)
      const placeless = cursor.length === 0 && (sealedLast > sealed.length || received)
      return Promise.resolve({ cursor, epoch: 0, ...counts, doubted, placeless })
    },
    seal(ref) {
      const channel = channelOf(ref)
      moveLate(ref, channel)
      if (channel.waiting.length > 0) sealWaiting(ref, channel, random)
      return Promise.resolve([...channel.sealed])
    },
    receive(ref, updates, from, to, vouchers = []) {
      const channel = channelOf(ref)
      addReceived(channel, updates, vouchers)
      return Promise.resolve(moveCursor(channel, from, to))
    },
    receiveNext(ref, updates, from, to, vouchers = []) {
      const channel = channelOf(ref)
      if (sameBytes(channel.cursor, from)) addReceived(channel, updates, vouchers)
      return Promise.resolve(moveCursor(channel, from, to))
    },
    settle(ref, outbox, n, from, to) {
      const channel = channelOf(ref)
      channel.sealed = channel.sealed.filter((batch) => batch.n !== n || batch.outbox !== outbox)
      return Promise.resolve(moveCursor(channel, from, to))
    },
    giveBack(ref, held, from, to) {
      const channel = channelOf(ref)
      channel.doubted = false
      if (held !== null) {
        const rows = standing(channel, channel.rows)
        const kept = [...channel.vouched, ...vouchedOf(rows)]
        const lacking = batchesLackingIn(ref.channel, held, updatesOf(rows), kept)
        const batches = [...lacking, ...channel.sealed]
        Object.assign(channel, { sealed: [], outbox: null, sealedLast: 0 })
        number(ref, channel, batches, random)
      }
      return Promise.resolve(moveCursor(channel, from, to))
    },
    digest(ref) {
      const { cursor, rows, waiting, sealed, doubted } = channelOf(ref)
      if (doubted || waiting.length + sealed.length > 0) return Promise.resolve(null)
      const digest = digestOfStored(ref.channel, updatesOf(rows))
      return Promise.resolve(digest === null ? null : { cursor, digest })
    },
    doubt(ref) {
      channelOf(ref).doubted = true
      return Promise.resolve()
    },
    pending() {
      const busy = [...channels].filter(([, { waiting, sealed }]) => waiting.length + sealed.length)
      return Promise.resolve(busy.map(([key]) => channelRefOf(key)))
    },
    setAside(ref, reason) {
      const { rows, sealed, waiting, asides } = channelOf(ref)
      const copy = copies.size + 1
      const unacknowledged = updatesOf([...sealed, ...waiting])
      copies.set(copy, { ref, reason, updates: updatesOf(rows), unacknowledged })
      channels.set(channelKey(ref), { ...emptyChannel(), asides: asides + 1 })
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
    sealedLast: 0,
    doubted: false,
    asides: 0,
    vouched: []
  }
}

/** Those of a channel's rows that are not late. */
function standing<T extends Pick<Row, 'asides'>>(channel: Channel, rows: readonly T[]): T[] {
  return rows.filter((row) => !isLate(row, channel))
}

function storedAfter(channel: Channel, after: number): StoredUpdates {
  return storedOf(
    standing(channel, channel.rows).filter((one) => one.row > after),
    after
  )
}

function updatesOf(rows: readonly { readonly update: Uint8Array }[]): Uint8Array[] {
  return rows.map((row) => row.update)
}

function sealWaiting(ref: ChannelRef, channel: Channel, random: (n: number) => Uint8Array): void {
  number(ref, channel, sealRows(channel.waiting), random)
  channel.waiting = []
}

function number(
  ref: ChannelRef,
  channel: Channel,
  batches: readonly Batch[],
  random: (n: number) => Uint8Array
): void {
  channel.outbox ??= idOf<OutboxId>(random(shortIdBytes))
  for (const batch of batches) {
    channel.sealed.push({ ...batch, ref, outbox: channel.outbox, n: ++channel.sealedLast })
  }
}

function moveCursor(channel: Channel, from: Cursor, to: Cursor): Cursor {
  if (sameBytes(channel.cursor, from)) channel.cursor = to
  return channel.cursor
}
