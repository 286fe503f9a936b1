// The log on disk: lmdb, one row an entry, one commit and one flush for all that came together.
import { open } from 'lmdb'
import { decodeCursor, encodeCursor } from '../../core/log-cursor'
import { entryOverheadBytes } from '../../core/limits'
import { createLru } from '../../core/lru'
import type { Appended, Checkpoint, Head, Log, NewEntry, Page } from '../../core/ports'
import { channelKey, type ChannelRef, type OutboxId } from '../../protocol/ids'
import type { Cursor } from '../../protocol/messages'
import { createCommits } from './commits'
import type { Disk } from './disk-room'
import { idOfLog, restoredAtOf } from './log-id'
import { entriesAfter, readCheckpoint, type Rows } from './log-reading'
import { checkpointKey, encodeCheckpoint, encodeEntry, entryKey } from './log-rows'
import { transact, type Write } from './transaction'

/** Channels whose state stays in memory: about 500 bytes each, so about 10 MB. */
const statesCachedMax = 20_000

/** Where a channel stands on disk: changed only after the flush. */
type State = {
  readonly ref: ChannelRef
  readonly outboxes: Map<OutboxId, number>
  /** Number of the last entry, and of the last one that the checkpoint holds. */
  sequence: number
  folded: number
  /** Where a fold under way leads; its rows may be changed already. Else as `folded`. */
  folding: number
  unfoldedBytes: number
}

type Append = {
  readonly kind: 'append'
  readonly ref: ChannelRef
  readonly entries: readonly NewEntry[]
  readonly resolve: (appended: readonly Appended[]) => void
  readonly reject: (cause: unknown) => void
}
type Fold = {
  readonly kind: 'fold'
  readonly ref: ChannelRef
  readonly upTo: Cursor
  readonly checkpoint: Checkpoint
  readonly resolve: (folded: boolean) => void
  readonly reject: (cause: unknown) => void
}
type Task = Append | Fold

/** Opens or makes the log in a file. The caller sees to it that no other process has it. */
export async function openLmdbLog(file: string, disk: Disk): Promise<Log> {
  const root = open<Buffer, Buffer>({ path: file, noSubdir: true, ...binary })
  const rows = root.openDB<Buffer, Buffer>({ name: 'entries', ...binary })
  const id = await idOfLog(root)
  const restoredAt = restoredAtOf(root)
  const cache = createLru<string, State>(statesCachedMax)
  /** States of channels in the commit under way: their newest rows may not be durable yet. */
  const committing = new Map<string, State>()
  const commits = createCommits<Task>(commit)

  function stateOf(ref: ChannelRef): State {
    const key = channelKey(ref)
    const known = committing.get(key) ?? cache.get(key)
    if (known !== undefined) return known
    const loaded = loadState(rows, { document: ref.document, channel: ref.channel })
    cache.set(key, loaded)
    return loaded
  }

  async function commit(writes: readonly Task[]): Promise<void> {
    let appends: Append[] = []
    for (const write of writes) {
      if (write.kind === 'append') {
        appends.push(write)
        continue
      }
      await commitAppends(appends)
      appends = []
      await commitFold(write)
    }
    await commitAppends(appends)
  }

  async function commitAppends(appends: readonly Append[]): Promise<void> {
    if (appends.length === 0) return
    const planned = planAll(appends)
    try {
      await transact(rows, disk, writeOf(planned))
    } catch (cause) {
      for (const { append } of planned) append.reject(cause)
      return
    } finally {
      committing.clear()
    }
    for (const one of planned) one.append.resolve(settle(id, one))
  }

  /** What can be written: a channel that cannot be read takes nothing more, and keeps no other back. */
  function planAll(appends: readonly Append[]): Planned[] {
    const planned: Planned[] = []
    const next = new Map<string, number>()
    for (const append of appends) {
      try {
        planned.push(plan(append, next))
      } catch (cause) {
        append.reject(cause)
      }
    }
    return planned
  }

  /** Numbers the entries of an append after those before it in the same commit. */
  function plan(append: Append, next: Map<string, number>): Planned {
    const key = channelKey(append.ref)
    const state = stateOf(append.ref)
    committing.set(key, state)
    const first = next.get(key) ?? state.sequence + 1
    next.set(key, first + append.entries.length)
    const puts = append.entries.map((entry, index): [Buffer, Buffer] => [
      entryKey(append.ref, first + index),
      encodeEntry(entry)
    ])
    return { append, state, first, puts }
  }

  function writeOf(planned: readonly Planned[]): Write {
    const puts = planned.flatMap((one) => one.puts)
    const bytes = puts.reduce((sum, [, row]) => sum + row.length, 0)
    const apply: Write['apply'] = (written) => {
      for (const [key, row] of puts) written(rows.put(key, row))
    }
    return { rows: puts.length, bytes, apply }
  }

  async function commitFold({ ref, upTo, checkpoint, resolve, reject }: Fold): Promise<void> {
    try {
      const state = stateOf(ref)
      const sequence = decodeCursor(id, upTo)
      if (sequence === null || sequence > state.sequence) {
        throw new Error(`Not a position in the log of ${channelKey(ref)}`)
      }
      if (sequence <= state.folded) return resolve(false)
      committing.set(channelKey(ref), state)
      state.folding = sequence
      const row = encodeCheckpoint({ checkpoint, sequence, outboxes: state.outboxes })
      await transact(rows, disk, {
        rows: 1 + sequence - state.folded,
        bytes: row.length,
        apply(written) {
          written(rows.put(checkpointKey(ref), row))
          for (let at = state.folded + 1; at <= sequence; at++) {
            written(rows.remove(entryKey(ref, at)))
          }
        }
      })
      state.folded = sequence
      state.unfoldedBytes = unfoldedBytesOf(rows, state)
      resolve(true)
    } catch (cause) {
      reject(cause)
    } finally {
      const state = committing.get(channelKey(ref))
      if (state !== undefined) state.folding = state.folded
      committing.clear()
    }
  }

  return {
    ready: commits.ready,

    append: (ref, entries) =>
      new Promise((resolve, reject) => {
        commits.add({ kind: 'append', ref, entries, resolve, reject })
      }),

    async head(ref): Promise<Head> {
      const state = stateOf(ref)
      return {
        cursor: encodeCursor(id, state.sequence),
        epoch: 0,
        restoredAt,
        outboxes: new Map(state.outboxes),
        unfoldedEntries: state.sequence - state.folded,
        unfoldedBytes: state.unfoldedBytes
      }
    },

    async read(ref, cursor, bytesMax): Promise<Page | null> {
      const state = stateOf(ref)
      const at = decodeCursor(id, cursor)
      if (at === null || at > state.sequence) return null
      const { sequence } = state
      // Rows read in one turn are of one moment: lmdb keeps its snapshot until the next.
      const row = at < state.folding ? readCheckpoint(rows, state.ref) : null
      if (row !== null && at < row.sequence) {
        const to = encodeCursor(id, row.sequence)
        const more = sequence > row.sequence
        return { from: cursor, to, more, checkpoint: row.checkpoint, entries: [] }
      }
      const entries = readEntries(rows, state, at, bytesMax)
      const end = at + entries.length
      const to = encodeCursor(id, end)
      return { from: cursor, to, more: end < sequence, checkpoint: null, entries }
    },

    fold: (ref, upTo, checkpoint) =>
      new Promise((resolve, reject) => {
        commits.add({ kind: 'fold', ref, upTo, checkpoint, resolve, reject })
      }),

    async close() {
      await commits.drain()
      await root.close()
    }
  }
}

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const

type Planned = {
  readonly append: Append
  readonly state: State
  readonly first: number
  readonly puts: readonly (readonly [Buffer, Buffer])[]
}

/** Moves the state over entries that are durable now, and says where each went. */
function settle(id: Uint8Array, { append, state, first }: Planned): readonly Appended[] {
  let from = encodeCursor(id, first - 1)
  return append.entries.map((entry, index) => {
    const have = state.outboxes.get(entry.outbox) ?? 0
    state.outboxes.set(entry.outbox, Math.max(have, entry.n))
    state.sequence = first + index
    state.unfoldedBytes += entry.update.length
    const span = { from, to: encodeCursor(id, state.sequence) }
    from = span.to
    return span
  })
}

function loadState(rows: Rows, ref: ChannelRef): State {
  const row = readCheckpoint(rows, ref)
  const folded = row?.sequence ?? 0
  const outboxes = new Map(row?.outboxes)
  const state: State = {
    ...{ ref, outboxes, folded },
    ...{ sequence: folded, folding: folded, unfoldedBytes: 0 }
  }
  for (const entry of entriesAfter(rows, ref, folded, Infinity)) {
    outboxes.set(entry.outbox, Math.max(outboxes.get(entry.outbox) ?? 0, entry.n))
    state.sequence += 1
    state.unfoldedBytes += entry.update.length
  }
  return state
}

/** Entries after `at`, at least one if there is one, together not above `bytesMax`. */
function readEntries(
  rows: Rows,
  { ref, sequence }: State,
  at: number,
  bytesMax: number
): NewEntry[] {
  const page: NewEntry[] = []
  let bytes = 0
  for (const entry of entriesAfter(rows, ref, at, sequence)) {
    bytes += entry.update.length + entryOverheadBytes
    if (page.length > 0 && bytes > bytesMax) break
    page.push(entry)
  }
  return page
}

function unfoldedBytesOf(rows: Rows, { ref, folded, sequence }: State): number {
  let bytes = 0
  for (const entry of entriesAfter(rows, ref, folded, sequence)) bytes += entry.update.length
  return bytes
}
