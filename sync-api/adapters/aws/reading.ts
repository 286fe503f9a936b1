// Reading a log: first what is stored, checkpoints and then entries by their keys; from there on in the order of the region.
import { sameBytes } from '../../protocol/bytes'
import { entryOverheadBytes } from '../../core/limits'
import type { NewEntry, Page } from '../../core/ports'
import type { ChannelRef } from '../../protocol/ids'
import type { Cursor } from '../../protocol/messages'
import { parseCursor, placeCursor, readingCursor, type Place } from './global-cursor'
import type { GlobalLogParts } from './log-parts'
import { afterKey, logKey, updateRange } from './keys'
import { load, stillHold, type Loaded } from './loading'
import { mergeCheckpoints } from './merged-checkpoint'
import { readAll } from './table'
import { orNull, type TailView } from './tail'
import { entriesOfRows, type StoredEntry } from './update-rows'

/** What was handed out from the beginning on, and on top of which checkpoints. */
export type Read = { readonly loaded: Loaded; readonly entries: readonly NewEntry[] }

/** All that is stored, and the place in the order from which on it may lack something. */
export type Standing = {
  readonly loaded: Loaded
  readonly place: Place
  readonly complete: boolean
}

export type Reading = {
  read(ref: ChannelRef, cursor: Cursor, bytesMax: number): Promise<Page | null>
  /** What came before a cursor that a page of this reading ended with; null for any other. */
  behind(cursor: Cursor): Read | null
  standing(ref: ChannelRef): Promise<Standing>
}

type Found = Omit<Page, 'from'>

export function createReading({ table, tail, fold }: GlobalLogParts): Reading {
  // By the very cursor that was handed out: a fold passes it on.
  const reads = new WeakMap<Cursor, Read>()

  async function read(ref: ChannelRef, cursor: Cursor, bytesMax: number): Promise<Page | null> {
    const found = await find(ref, cursor, bytesMax)
    return found === null ? null : { from: cursor, ...found }
  }

  async function find(ref: ChannelRef, cursor: Cursor, bytesMax: number): Promise<Found | null> {
    const at = parseCursor(cursor)
    if (at === null) return null
    switch (at.kind) {
      case 'beginning':
        return begin(ref, bytesMax)
      case 'ordered': {
        const view = await orNull(tail.read(ref, at.place.sequence))
        if (view === null || !reaches(view, at.place)) return null
        return remembered(reads.get(cursor), ordered(view, at.place, bytesMax))
      }
      case 'reading':
        // What was handed out of checkpoints has to cover what was taken out since.
        return stored(ref, cursor, at, bytesMax)
    }
  }

  async function begin(ref: ChannelRef, bytesMax: number): Promise<Found | null> {
    const { loaded, place, complete } = await standing(ref)
    const before: Read = { loaded, entries: [] }
    if (loaded.checkpoints.length > 0) {
      const to = readingCursor(place, loaded.marks, null)
      const made = loaded.checkpoints.map(({ checkpoint }) => checkpoint)
      const checkpoint = await mergeCheckpoints(made, fold)
      return remembered(before, { to, more: true, checkpoint, entries: [] })
    }
    if (complete && place !== null) {
      const view = await orNull(tail.read(ref, 0))
      const start = { id: place.id, sequence: 0 }
      if (view !== null && reaches(view, start) && holdsAll(view, loaded)) {
        return remembered(before, ordered(view, start, bytesMax))
      }
    }
    return remembered(before, unordered(loaded.entries, place, loaded.marks, bytesMax))
  }

  async function stored(
    ref: ChannelRef,
    cursor: Cursor,
    at: {
      readonly rest: Place
      readonly marks: readonly Uint8Array[]
      readonly key: string | null
    },
    bytesMax: number
  ): Promise<Found | null> {
    const pk = logKey(ref)
    const after = at.key === null ? updateRange.after : afterKey(at.key)
    const rows = await readAll(table, pk, { after, upTo: updateRange.upTo })
    if (!(await stillHold(table, pk, at.marks))) return null
    const page = unordered(entriesOfRows(rows), at.rest, at.marks, bytesMax)
    return remembered(reads.get(cursor), page)
  }

  /** Where it stood before anything was read: what comes into the order meanwhile is read from there. */
  async function standing(ref: ChannelRef): Promise<Standing> {
    const before = await orNull(tail.read(ref, Infinity))
    const loaded = await load(table, logKey(ref))
    if (before !== null) return { loaded, place: placeIn(before), complete: before.first === 1 }
    const isEmpty = loaded.checkpoints.length === 0 && loaded.entries.length === 0
    // An order that begins at 1 has an entry less than the log, so that its first cursor is not the beginning's.
    const begun = await orNull(tail.begin(ref, isEmpty ? 0 : 1))
    if (begun === null) return { loaded, place: null, complete: false }
    const place = { id: begun.id, sequence: begun.first - 1 }
    return { loaded, place, complete: begun.first === 1 }
  }

  function remembered(before: Read | undefined, found: Found): Found {
    if (before !== undefined) {
      reads.set(found.to, { ...before, entries: [...before.entries, ...found.entries] })
    }
    return found
  }

  return { read, standing, behind: (cursor) => reads.get(cursor) ?? null }
}

/** What is not durable here is in nothing that was read: the reader goes on before it. */
function placeIn({ id, last, unsettled }: TailView): Place {
  return { id, sequence: unsettled === null ? last : Math.min(last, unsettled - 1) }
}

/** What is stored and has not come into the order yet would be missed. */
function holdsAll({ entries }: TailView, loaded: Loaded): boolean {
  const keys = new Set(entries.map(({ key }) => key))
  return loaded.entries.every(({ key }) => keys.has(key))
}

function reaches({ id, first, last }: TailView, place: NonNullable<Place>): boolean {
  const { sequence } = place
  return sameBytes(id, place.id) && sequence >= first - 1 && sequence <= last
}

function ordered({ id, last, entries }: TailView, after: NonNullable<Place>, max: number): Found {
  const page = fill(entries, max)
  const sequence = page.at(-1)?.sequence ?? after.sequence
  return {
    to: placeCursor({ id, sequence }),
    more: sequence < last,
    checkpoint: null,
    entries: page.map(({ entry }) => entry)
  }
}

function unordered(
  stored: readonly StoredEntry[],
  rest: Place,
  marks: readonly Uint8Array[],
  bytesMax: number
): Found {
  const page = fill(stored, bytesMax)
  const isAll = page.length === stored.length
  const last = page.at(-1)?.key ?? null
  return {
    to: isAll ? placeCursor(rest) : readingCursor(rest, marks, last),
    // Behind the place there may be more: one more page says so, or gives it.
    more: !isAll || rest !== null,
    checkpoint: null,
    entries: page.map(({ entry }) => entry)
  }
}

/** From the first on, at least one, together not above `bytesMax`. */
function fill<T extends { readonly entry: NewEntry }>(
  entries: readonly T[],
  bytesMax: number
): readonly T[] {
  let bytes = 0
  const end = entries.findIndex(({ entry }, at) => {
    bytes += entry.update.length + entryOverheadBytes
    return at > 0 && bytes > bytesMax
  })
  return end === -1 ? entries : entries.slice(0, end)
}
