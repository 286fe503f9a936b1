// What the editing side and the network side each ask of the store; they meet here and nowhere else.
// The Dexie store and its memory twin implement both (one contract suite: tests/contracts/store).
import type { ChannelRef, OutboxId, WriterId } from '../../sync-api/protocol/ids'
import type { Cursor, Voucher } from '../../sync-api/protocol/messages'
import type { RefusalReason } from '../../sync-api/protocol/errors'

/** One local Yjs update, and the writer whose client id it inserts under. */
export type LocalUpdate = {
  readonly update: Uint8Array
  readonly writer: WriterId
  /** As `asides` of the channel when the writer read it; left out if it builds on nothing that was read. */
  readonly asides?: number | undefined
}

/** Stored updates of a channel, in commit order, and the number of the last row among them. */
export type StoredUpdates = { readonly updates: readonly Uint8Array[]; readonly lastRow: number }

/** All of a channel, and what of it this device wrote. */
export type StoredChannel = StoredUpdates & {
  /** Writers of this device, as far as rows still name them. */
  readonly writers: readonly WriterId[]
  /** How many of the updates, the last ones, came in after this device had last written. */
  readonly heard: number
  /** How often the channel was set aside on this device; undefined if that could not be read. */
  readonly asides: number | undefined
}

/** The replica's side: this device's copy of a channel. */
export type ReplicaStore = {
  load(ref: ChannelRef): Promise<StoredChannel>
  /** What was committed after `row`, by any tab or by sync. */
  loadAfter(ref: ChannelRef, row: number): Promise<StoredUpdates>
  /**
   * Update rows and outbox rows in one transaction. Resolves when committed on this device, with
   * the last row's number; rejects with a StoreFailure and then nothing of it is stored. Edits made
   * before the channel was last set aside are late: they are never loaded, and sealing moves them to
   * the copy.
   */
  appendLocal(ref: ChannelRef, updates: readonly LocalUpdate[]): Promise<number>
  /** Folds a channel's rows into one, in one transaction; exactly the rows it read. */
  compact(ref: ChannelRef): Promise<void>
}

/** How the relay vouches for each of some updates; null where it does not. Left out: for none. */
export type Vouchers = readonly (Voucher | null)[]

/** Bytes as they are sent, and sent again, until acknowledged: never changed after sealing. */
export type SealedBatch = {
  readonly ref: ChannelRef
  readonly outbox: OutboxId
  readonly n: number
  readonly update: Uint8Array
  readonly writers: readonly WriterId[]
  readonly schemaMajor: number
  /** Of an entry of others that is given back as it was. */
  readonly voucher?: Voucher
}

/** Where a channel stands on this device, as the network side sees it. */
export type ChannelState = {
  readonly cursor: Cursor
  readonly epoch: number
  /** Rows not yet sealed, and sealed batches not yet acknowledged. */
  readonly outboxRows: number
  readonly sealedBatches: number
  /** Rows were lost here: the log is to be read from its beginning and given what it lacks. */
  readonly doubted: boolean
  /**
   * Something of it is in a log already, and no place in that was ever read: should it be another log when it is read, nothing
   * else would tell.
   */
  readonly placeless: boolean
}

/** What a channel is on this device, and where in its log it stands. */
export type ChannelDigest = { readonly cursor: Cursor; readonly digest: Uint8Array }

/** What the network side asks to find out whether a copy is what the relay holds. */
export type DigestStore = {
  /**
   * Of all that is stored of the channel. Null while it is not what its log holds up to the cursor, since something
   * waits to be sent or compared; and for one so large that reading it would be felt.
   */
  digest(ref: ChannelRef): Promise<ChannelDigest | null>
}

/** The network side: outbox -> push, ack -> settle, update -> receive. */
export type SyncStore = {
  state(ref: ChannelRef): Promise<ChannelState>
  /**
   * Seals what lies in the outbox, in commit order over all tabs, and answers every sealed batch
   * not yet acknowledged, lowest number first. Late edits join the copy of what they build on. Safe
   * from several tabs at once.
   */
  seal(ref: ChannelRef): Promise<readonly SealedBatch[]>
  /**
   * Update rows and cursor in one transaction. The cursor moves to `to` only if it stood at `from`;
   * answers the cursor as it stands afterwards. Vouchers are kept with what they are for.
   */
  receive(
    ref: ChannelRef,
    updates: readonly Uint8Array[],
    from: Cursor,
    to: Cursor,
    vouchers?: Vouchers
  ): Promise<Cursor>
  /**
   * As `receive`, but keeps nothing of what does not begin where the cursor stands: after a failure what
   * comes before it may be missing, and never come. It comes again with that.
   */
  receiveNext(
    ref: ChannelRef,
    updates: readonly Uint8Array[],
    from: Cursor,
    to: Cursor,
    vouchers?: Vouchers
  ): Promise<Cursor>
  /** Forgets an acknowledged batch and moves the cursor as `receive` does. */
  settle(ref: ChannelRef, outbox: OutboxId, n: number, from: Cursor, to: Cursor): Promise<Cursor>
  /**
   * For a log that lost what it had acknowledged, or a device that did: seals what this device holds
   * and `held` does not, entries of others by their vouchers as far as they are kept, before what is sealed
   * already, numbered from 1 under a new outbox, and moves the cursor as `receive` does; answers it. `held` is null where nothing may be written: then
   * nothing is sealed. The channel is doubted no more. One transaction.
   */
  giveBack(
    ref: ChannelRef,
    held: readonly Uint8Array[] | null,
    from: Cursor,
    to: Cursor
  ): Promise<Cursor>
  /** Has the channel compared with its log, from the next connection on until that is done. */
  doubt(ref: ChannelRef): Promise<void>
  /** Channels that still hold something the relay has not acknowledged. */
  pending(): Promise<readonly ChannelRef[]>
  /**
   * After a refusal: this channel's outbox and sealed rows move to a recovered copy, its updates are
   * forgotten and its cursor starts anew, in one transaction. Answers the recovered copy's number.
   */
  setAside(ref: ChannelRef, reason: RefusalReason): Promise<number>
}

/** Why this device could not store something; each has a sentence in `storeFailureWords`. */
export type StoreFailureReason =
  | 'quota'
  | 'closed'
  | 'blocked'
  | 'damaged'
  /** The database was deleted, or the browser put an empty one in its place. */
  | 'emptied'
  | 'unavailable'

export class StoreFailure extends Error {
  constructor(
    readonly reason: StoreFailureReason,
    cause: unknown
  ) {
    super(`The store failed: ${reason}`, { cause })
    this.name = 'StoreFailure'
  }
}
