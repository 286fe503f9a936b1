// A channel in use: where its log stands, what is on the way into it, and who listens.
import type { ChannelRef, OutboxId } from '../protocol/ids'
import { channelKey } from '../protocol/ids'
import type { Cursor } from '../protocol/messages'
import type { Author, Subscription } from './connection'
import type { Head, NewEntry } from './ports'

/** An accepted push on its way into the log, and who is told when it is there. */
export type Pending = { readonly entry: NewEntry; readonly authors: Author[] }

export type Channel = {
  readonly ref: ChannelRef
  readonly key: string
  readonly epoch: number
  /** Where the log stands, as far as listeners were told. */
  cursor: Cursor
  /** The last number accepted for each outbox, those on the way included. */
  readonly numbers: Map<OutboxId, number>
  readonly listeners: Set<Subscription>
  /** Being appended, and accepted since: one append of a channel is under way at a time. */
  appending: readonly Pending[]
  pending: Pending[]
  pendingBytes: number
  unfoldedEntries: number
  unfoldedBytes: number
  /** Calls that hold the channel without listening. */
  holders: number
}

export function createChannel(ref: ChannelRef, head: Head): Channel {
  return {
    ref,
    key: channelKey(ref),
    epoch: head.epoch,
    cursor: head.cursor,
    numbers: new Map(head.outboxes),
    listeners: new Set(),
    appending: [],
    pending: [],
    pendingBytes: 0,
    unfoldedEntries: head.unfoldedEntries,
    unfoldedBytes: head.unfoldedBytes,
    holders: 0
  }
}

/** Whether nothing is lost when the channel is forgotten. */
export function isAtRest(channel: Channel): boolean {
  return (
    channel.listeners.size === 0 &&
    channel.holders === 0 &&
    channel.pending.length === 0 &&
    channel.appending.length === 0
  )
}
