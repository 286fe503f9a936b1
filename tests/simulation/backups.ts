// The relay's log as an operator keeps it: backed up now and then, and once set back to a backup.
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { logIdBytes } from '../../sync-api/core/log-cursor'
import type { Log, NewEntry } from '../../sync-api/core/ports'
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import type { Kept } from './log-record'
import type { World } from './world'

export type DurableLog = Log & {
  backUp(): void
  /** Sets the log back to its last backup, under a new id; answers what it holds. Null without one. */
  restore(): Promise<Kept | null>
}

type Streams = Map<string, { readonly ref: ChannelRef; readonly entries: NewEntry[] }>

export function createDurableLog({ chance }: Pick<World, 'chance'>): DurableLog {
  let log = createMemoryLog(chance.bytes(logIdBytes))
  let written: Streams = new Map()
  let backup: Streams | null = null

  async function append(ref: ChannelRef, entries: readonly NewEntry[]) {
    const key = channelKey(ref)
    const stream = written.get(key) ?? { ref, entries: [] }
    written.set(key, stream)
    stream.entries.push(...entries)
    return await log.append(ref, entries)
  }

  return {
    ready: () => log.ready(),
    append,
    head: (ref) => log.head(ref),
    read: (ref, cursor, bytesMax) => log.read(ref, cursor, bytesMax),
    fold: (ref, upTo, checkpoint) => log.fold(ref, upTo, checkpoint),
    close: () => log.close(),
    backUp() {
      backup = copyOf(written)
    },
    async restore() {
      if (backup === null) return null
      // Restored just now, whenever that is.
      log = createMemoryLog(chance.bytes(logIdBytes), Number.MAX_SAFE_INTEGER)
      written = new Map()
      for (const { ref, entries } of backup.values()) await append(ref, entries)
      return copyOf(backup)
    }
  }
}

function copyOf(streams: Streams): Streams {
  return new Map([...streams].map(([key, one]) => [key, { ...one, entries: [...one.entries] }]))
}
