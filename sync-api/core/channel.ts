// A channel when it comes into use, and when it may be forgotten.
import { channelKey, type ChannelRef } from '../protocol/ids'
import type { Head } from './ports'
import type { Channel } from './subscription'

export function createChannel(ref: ChannelRef, head: Head): Channel {
  return {
    ref,
    key: channelKey(ref),
    epoch: head.epoch,
    restoredAt: head.restoredAt,
    cursor: head.cursor,
    numbers: new Map(head.outboxes),
    listeners: new Set(),
    appending: [],
    pending: [],
    isFlushing: false,
    pendingBytes: 0,
    unfoldedEntries: head.unfoldedEntries,
    unfoldedBytes: head.unfoldedBytes,
    holders: 0
  }
}

/** Whether nothing is lost when the channel is forgotten. */
export function isAtRest(channel: Channel): boolean {
  return channel.listeners.size === 0 && channel.holders === 0 && !channel.isFlushing
}
