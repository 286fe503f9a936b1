// Channels, entries and cursors for tests of logs.
import {
  documentIdOf,
  idOf,
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type OutboxId,
  type PersonId
} from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { Checkpoint, Log, NewEntry, Page } from '../../sync-api/core/ports'

export const beginning: Cursor = new Uint8Array(0)

export function personOf(number: number): PersonId {
  return idOf(new Uint8Array(longIdBytes).fill(number))
}

export function outboxOf(number: number): OutboxId {
  return idOf(new Uint8Array(shortIdBytes).fill(number))
}

export function channelOf(name: string): ChannelRef {
  return { document: documentIdOf(personOf(1), name), channel: 'content' }
}

/** Entry `n` of an outbox, with bytes that tell it from every other. */
export function entryOf(outbox: number, n: number, length = 8): NewEntry {
  const update = new Uint8Array(length).fill(outbox)
  new DataView(update.buffer).setUint32(0, n)
  const person = personOf(outbox)
  return { outbox: outboxOf(outbox), n, update, person, clients: [outbox * 1_000], at: 5_000 + n }
}

export function entriesOf(outbox: number, first: number, count: number): NewEntry[] {
  return Array.from({ length: count }, (_, index) => entryOf(outbox, first + index))
}

export function checkpointOf(text: string): Checkpoint {
  const authors = new Map([[2 ** 53 - 1, personOf(9)]])
  return { update: new TextEncoder().encode(text), authors, firstAt: 1, lastAt: 2 }
}

/** A page that must be there. */
export async function pageOf(
  log: Log,
  ref: ChannelRef,
  cursor: Cursor,
  bytesMax = 1_000_000
): Promise<Page> {
  const page = await log.read(ref, cursor, bytesMax)
  if (page === null) throw new Error('The log does not know the cursor')
  return page
}

/** All pages from a cursor on, in order. */
export async function pagesOf(
  log: Log,
  ref: ChannelRef,
  cursor: Cursor,
  bytesMax?: number
): Promise<Page[]> {
  const pages = [await pageOf(log, ref, cursor, bytesMax)]
  while (pages.at(-1)!.more) pages.push(await pageOf(log, ref, pages.at(-1)!.to, bytesMax))
  return pages
}

export async function entriesFrom(log: Log, ref: ChannelRef, cursor: Cursor): Promise<NewEntry[]> {
  return (await pagesOf(log, ref, cursor)).flatMap((page) => page.entries)
}
