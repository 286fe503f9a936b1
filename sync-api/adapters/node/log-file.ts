// The log's file for those who only read or copy it, also while a host writes to it.
import { open, type Database } from 'lmdb'
import type { ChannelRef } from '../../protocol/ids'
import { channelKey } from '../../protocol/ids'
import { placeOf, type Place } from './log-rows'

/** A channel's rows as they are stored: its checkpoint first, then its entries by number. */
export type StoredChannel = {
  readonly ref: ChannelRef
  readonly rows: readonly (Place & { readonly value: Uint8Array })[]
}

export type LogFile = {
  /**
   * Every channel, each as of one moment. `strange` is told keys that no log makes. Throws
   * at the end when there are not as many rows as the file says.
   */
  channels(strange: (key: Uint8Array) => void): Generator<StoredChannel, void>
  /** Writes a copy of one moment to `target`; pages that nothing uses are left out. */
  copy(target: string): Promise<void>
  close(): Promise<void>
}

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
type Rows = Database<Buffer, Buffer>

/** Opens the file without writing to it. Throws when it holds no log. */
export function openLogFile(file: string): LogFile {
  const root = open<Buffer, Buffer>({ path: file, noSubdir: true, readOnly: true, ...binary })
  // A log that no host ever finished opening has no table yet, and nothing to lose.
  const rows: Rows | undefined = root.openDB<Buffer, Buffer>({ name: 'entries', ...binary })
  return {
    *channels(strange) {
      if (rows !== undefined) yield* channelsIn(rows, strange)
    },
    copy: (target) => root.backup(target, true),
    close: () => root.close()
  }
}

function* channelsIn(
  rows: Rows,
  strange: (key: Uint8Array) => void
): Generator<StoredChannel, void> {
  let start: Buffer | null = Buffer.alloc(1)
  while (start !== null) {
    // What one sees lmdb keeps: a view of minutes would make the file of a busy host grow for ever.
    rows.resetReadTxn()
    const found: Found = channelFrom(rows, start, strange)
    if (found.channel !== null) yield found.channel
    start = found.next
  }
  checkCount(rows)
}

type Found = {
  readonly channel: StoredChannel | null
  /** Where the next one begins. */
  readonly next: Buffer | null
}

/** The first channel at or after a key. */
function channelFrom(rows: Rows, start: Buffer, strange: (key: Uint8Array) => void): Found {
  let ref: ChannelRef | null = null
  const held: (Place & { value: Uint8Array })[] = []
  const channel = (): StoredChannel | null => (ref === null ? null : { ref, rows: held })
  for (const { key, value } of rows.getRange({ start })) {
    const place = placeOf(key)
    if (place === null) {
      strange(key)
      continue
    }
    if (ref !== null && channelKey(ref) !== channelKey(place.ref)) {
      return { channel: channel(), next: key }
    }
    ref = place.ref
    held.push({ ...place, value })
  }
  return { channel: channel(), next: null }
}

/** A page that rotted may hide rows without a trace: the file knows how many there are. */
function checkCount(rows: Rows): void {
  // In the same turn: both are of one moment.
  rows.resetReadTxn()
  const { entryCount: due } = rows.getStats() as { readonly entryCount: number }
  let found = 0
  for (const key of rows.getKeys()) found += key.length > 0 ? 1 : 0
  if (found !== due) throw new Error(`it has ${found} rows where ${due} are due`)
}
