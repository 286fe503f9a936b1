// The ports of the relay: what its core needs from the place it runs in.
// Each has a memory twin in adapters/memory and one contract suite in tests/contracts.
import type { ChannelRef, OutboxId, PersonId } from '../protocol/ids'
import type { Cursor, Entry } from '../protocol/messages'

/** What a fold made of a log's prefix: a document's history up to a point, as one update. */
export type Checkpoint = {
  readonly update: Uint8Array
  /** Who wrote what: client id -> person. Folding must not lose authorship. */
  readonly authors: ReadonlyMap<number, PersonId>
  /** Times of the first and last entry folded, ms since 1970 by the relay's clock. */
  readonly firstAt: number
  readonly lastAt: number
}

/** An entry on its way into the log, with what only the relay knows of it. */
export type NewEntry = Entry & {
  readonly person: PersonId
  /** Client ids the update inserts under. */
  readonly clients: readonly number[]
  readonly at: number
}

/** Where an append put an entry: the log stood at `from` before and at `to` after. */
export type Appended = { readonly from: Cursor; readonly to: Cursor }

/** Where a channel's log stands, as the relay needs it before it accepts a push. */
export type Head = {
  readonly cursor: Cursor
  readonly epoch: number
  /**
   * When the log was made of a backup, ms since 1970: what was written between the two it may lack.
   * Null for a log that has lost nothing.
   */
  readonly restoredAt: number | null
  /** The last number appended for each outbox, folded entries included. */
  readonly outboxes: ReadonlyMap<OutboxId, number>
  /** Entries and bytes after the newest checkpoint: what a cold reader must merge. */
  readonly unfoldedEntries: number
  readonly unfoldedBytes: number
}

/** A page of a log in its order. A checkpoint comes alone and first, as entry number 0. */
export type Page = {
  readonly from: Cursor
  readonly to: Cursor
  readonly more: boolean
  readonly checkpoint: Checkpoint | null
  readonly entries: readonly NewEntry[]
}

/**
 * The log of every channel: append-only, durable. The order of appends to one channel is the order
 * of its entries.
 */
export type Log = {
  /**
   * Resolves when what is appended next would be written at once; never rejects. Whoever waits for
   * it first appends together what comes meanwhile, in every channel at the same moment.
   */
  ready(): Promise<void>
  /**
   * Resolves when the entries are durable (after fdatasync, or acknowledged by the table), with
   * where each went. Rejects when they are not, and then none of them is ever read.
   */
  append(ref: ChannelRef, entries: readonly NewEntry[]): Promise<readonly Appended[]>
  /** Where the channel stands; of a channel nobody has written to: the empty head, epoch 0. */
  head(ref: ChannelRef): Promise<Head>
  /**
   * What comes after `cursor`, at most about `bytesMax` bytes but at least one entry. Null when the
   * cursor means nothing to this log: the reader starts again from the empty cursor.
   */
  read(ref: ChannelRef, cursor: Cursor, bytesMax: number): Promise<Page | null>
  /**
   * Replaces what was read up to `upTo` by a checkpoint, in one transaction: checkpoint in, exactly
   * those entries out. False when another fold was there first.
   */
  fold(ref: ChannelRef, upTo: Cursor, checkpoint: Checkpoint): Promise<boolean>
  close(): Promise<void>
}

/** Small facts found by key that belong to no document: recovery keys and codes for devices. */
export type Directory = {
  /** Durable when resolved. `expiresAt` in ms since 1970; null keeps it for ever. */
  put(key: string, value: string, expiresAt: number | null): Promise<void>
  get(key: string, now: number): Promise<string | null>
  /** Whether this call was the one that removed the key: a code works once. */
  take(key: string, now: number): Promise<string | null>
}

/** The sockets of this host. */
export type Gateway = {
  /**
   * Hands encoded messages (codec.ts) to a connection; the host joins those of one turn into
   * frames, splits and coats them. The same bytes may be given to many connections.
   */
  send(connection: ConnectionId, message: Uint8Array): void
  close(connection: ConnectionId, code: number, reason: string): void
}

/**
 * Everybody who listens through another process: given where many processes answer for one region. None of these waits; the host
 * knows when all are told.
 */
export type Audience = {
  /**
   * New entries of a channel that are durable, with where each went; not for the connections that pushed them. Of the rights
   * channel: what roles people have now as well.
   */
  entries(
    ref: ChannelRef,
    entries: readonly NewEntry[],
    spans: readonly Appended[],
    pushedBy: ReadonlySet<ConnectionId>
  ): void
}

/** A host's name for one socket. */
export type ConnectionId = string

/** Takes a log's prefix through a Y.Doc, off the hot path (a worker thread, a function of its own). */
export type Folder = {
  fold(updates: readonly Uint8Array[]): Promise<Uint8Array>
  /** As in protocol/digest.ts, of what the updates make together. */
  digest(updates: readonly Uint8Array[]): Promise<Uint8Array>
}

export type Clock = { now(): number }

/** `length` unpredictable bytes. */
export type Randomness = (length: number) => Uint8Array

/** Proof of a person: made by the relay, carried by the client, checked without a database. */
export type Tickets = {
  issue(person: PersonId): Promise<string>
  /** Null when it is malformed, forged, of another place, or has run out. */
  verify(ticket: string): Promise<TicketClaims | null>
}
export type TicketClaims = { readonly person: PersonId; readonly expiresAt: number }

/** Counters and histograms; the names are listed in core/metrics.ts. */
export type Metrics = {
  count(name: string, by?: number): void
  observe(name: string, value: number): void
}
