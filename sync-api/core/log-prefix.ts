// A log from its beginning as far as one piece of work in the background goes: a fold, a digest.
import { entryZero } from '../protocol/entry-zero'
import { channelKey, type ChannelRef, type PersonId } from '../protocol/ids'
import type { Cursor } from '../protocol/messages'
import { foldBytesMax, foldEntriesMax, foldPageBytes } from './limits'
import type { Log } from './ports'

export type Prefix = {
  /** In the order of the log, behind entry zero where the channel has one. */
  readonly updates: readonly Uint8Array[]
  readonly authors: ReadonlyMap<number, PersonId>
  /** Times of the first and last entry, ms since 1970; 0 where there is none. */
  readonly firstAt: number
  readonly lastAt: number
  /** How many entries came after the checkpoint. */
  readonly entries: number
  readonly upTo: Cursor
}

export async function readPrefix(log: Log, ref: ChannelRef): Promise<Prefix> {
  const updates: Uint8Array[] = ref.channel === 'content' ? [entryZero] : []
  const authors = new Map<number, PersonId>()
  let bytes = 0
  let entries = 0
  let firstAt: number | null = null
  let lastAt = 0
  let cursor: Cursor = new Uint8Array(0)
  for (;;) {
    const page = await log.read(ref, cursor, foldPageBytes)
    if (page === null) throw new Error(`The log of ${channelKey(ref)} lost its own cursor`)
    const { checkpoint } = page
    if (checkpoint !== null) {
      updates.push(checkpoint.update)
      for (const [client, person] of checkpoint.authors) authors.set(client, person)
      firstAt = checkpoint.firstAt
      lastAt = checkpoint.lastAt
    }
    for (const entry of page.entries) {
      updates.push(entry.update)
      for (const client of entry.clients) authors.set(client, entry.person)
      bytes += entry.update.length
      firstAt ??= entry.at
      lastAt = entry.at
    }
    entries += page.entries.length
    cursor = page.to
    if (!page.more || bytes >= foldBytesMax || entries >= foldEntriesMax) break
  }
  return { updates, authors, firstAt: firstAt ?? 0, lastAt, entries, upTo: cursor }
}
