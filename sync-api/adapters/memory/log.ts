// The log in memory: for tests, simulations and the contract every log keeps.
import { decodeCursor, encodeCursor, logIdBytes } from '../../core/log-cursor'
import { entryOverheadBytes } from '../../core/limits'
import type { Appended, Checkpoint, Head, Log, NewEntry, Page } from '../../core/ports'
import { channelKey, type ChannelRef, type OutboxId } from '../../protocol/ids'
import type { Cursor } from '../../protocol/messages'

type Stream = {
  readonly outboxes: Map<OutboxId, number>
  checkpoint: Checkpoint | null
  /** Entries the checkpoint holds: `entries[0]` is number `folded` + 1. */
  folded: number
  entries: NewEntry[]
}

/**
 * A log that forgets everything with its process. `id` tells its cursors from other logs', and
 * `restoredAt` is as in `Head`.
 */
export function createMemoryLog(
  id: Uint8Array = new Uint8Array(logIdBytes),
  restoredAt: number | null = null
): Log {
  const streams = new Map<string, Stream>()

  function streamOf(ref: ChannelRef): Stream {
    const key = channelKey(ref)
    const stream = streams.get(key) ?? {
      outboxes: new Map(),
      checkpoint: null,
      folded: 0,
      entries: []
    }
    streams.set(key, stream)
    return stream
  }

  function put(stream: Stream, entry: NewEntry): Appended {
    const before = stream.folded + stream.entries.length
    // Updates may be views of a frame, which would be kept whole.
    stream.entries.push({ ...entry, update: entry.update.slice() })
    const have = stream.outboxes.get(entry.outbox) ?? 0
    stream.outboxes.set(entry.outbox, Math.max(have, entry.n))
    return { from: encodeCursor(id, before), to: encodeCursor(id, before + 1) }
  }

  return {
    ready: () => Promise.resolve(),

    async append(ref, entries) {
      const stream = streamOf(ref)
      return entries.map((entry) => put(stream, entry))
    },

    async head(ref): Promise<Head> {
      const { outboxes, folded, entries } = streamOf(ref)
      return {
        cursor: encodeCursor(id, folded + entries.length),
        epoch: 0,
        restoredAt,
        outboxes: new Map(outboxes),
        unfoldedEntries: entries.length,
        unfoldedBytes: entries.reduce((bytes, { update }) => bytes + update.length, 0)
      }
    },

    async read(ref, cursor, bytesMax): Promise<Page | null> {
      const stream = streamOf(ref)
      const at = decodeCursor(id, cursor)
      if (at === null || at > stream.folded + stream.entries.length) return null
      const { checkpoint, folded, entries } = stream
      if (checkpoint !== null && at < folded) {
        const to = encodeCursor(id, folded)
        return { from: cursor, to, more: entries.length > 0, checkpoint, entries: [] }
      }
      const page = fill(entries, at - folded, bytesMax)
      const end = at + page.length
      const more = end < folded + entries.length
      return { from: cursor, to: encodeCursor(id, end), more, checkpoint: null, entries: page }
    },

    async fold(ref: ChannelRef, upTo: Cursor, checkpoint: Checkpoint) {
      const stream = streamOf(ref)
      const end = decodeCursor(id, upTo)
      if (end === null || end > stream.folded + stream.entries.length) {
        throw new Error(`Not a position in the log of ${channelKey(ref)}`)
      }
      if (end <= stream.folded) return false
      stream.entries = stream.entries.slice(end - stream.folded)
      stream.folded = end
      stream.checkpoint = checkpoint
      return true
    },

    async close() {
      streams.clear()
    }
  }
}

/** Entries from `start` on, at least one, together not above `bytesMax`. */
function fill(entries: readonly NewEntry[], start: number, bytesMax: number): NewEntry[] {
  const page: NewEntry[] = []
  let bytes = 0
  for (let at = start; at < entries.length; at++) {
    const entry = entries[at]!
    bytes += entry.update.length + entryOverheadBytes
    if (page.length > 0 && bytes > bytesMax) break
    page.push(entry)
  }
  return page
}
