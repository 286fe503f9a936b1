// What updates insert and delete, added up without a Y.Doc: cheap enough to be asked after every step.
import * as Y from 'yjs'

export type Knowledge = {
  add(update: Uint8Array): void
  /** Whether every insertion and every deletion of an update is known. */
  covers(update: Uint8Array): boolean
}

type Span = { readonly client: number; readonly from: number; readonly to: number }
type Spans = { readonly inserted: readonly Span[]; readonly deleted: readonly Span[] }

/** Spans that neither touch nor overlap, in order: a client types on, so mostly there is one. */
type Ranges = { from: number; to: number }[]

export function createKnowledge(updates: readonly Uint8Array[] = []): Knowledge {
  const inserted = new Map<number, Ranges>()
  const deleted = new Map<number, Ranges>()
  function add(update: Uint8Array): void {
    const spans = spansOf(update)
    for (const span of spans.inserted) addTo(inserted, span)
    for (const span of spans.deleted) addTo(deleted, span)
  }
  for (const update of updates) add(update)
  return {
    add,
    covers(update) {
      const spans = spansOf(update)
      return (
        spans.inserted.every((span) => isIn(inserted, span)) &&
        spans.deleted.every((span) => isIn(deleted, span))
      )
    }
  }
}

// The same bytes are asked about again and again, and decoding costs more than all the rest.
const decoded = new WeakMap<Uint8Array, Spans>()

/** What an update inserts and deletes, as spans of clocks. */
export function spansOf(update: Uint8Array): Spans {
  const known = decoded.get(update)
  if (known !== undefined) return known
  const { structs, ds } = Y.decodeUpdate(update)
  const spans: Spans = {
    inserted: structs
      .filter((struct) => !(struct instanceof Y.Skip))
      .map(({ id, length }) => ({ client: id.client, from: id.clock, to: id.clock + length })),
    deleted: [...ds.clients].flatMap(([client, ranges]) =>
      ranges.map(({ clock, len }) => ({ client, from: clock, to: clock + len }))
    )
  }
  decoded.set(update, spans)
  return spans
}

function isIn(known: ReadonlyMap<number, Ranges>, { client, from, to }: Span): boolean {
  return known.get(client)?.some((range) => range.from <= from && to <= range.to) === true
}

function addTo(known: Map<number, Ranges>, { client, from, to }: Span): void {
  const ranges = known.get(client) ?? []
  const last = ranges.at(-1)
  // Mostly a client types on where it stopped.
  if (last !== undefined && last.from <= from && from <= last.to) {
    last.to = Math.max(last.to, to)
    return
  }
  const apart = ranges.filter((range) => range.to < from || to < range.from)
  const touching = ranges.filter((range) => from <= range.to && range.from <= to)
  const whole = {
    from: Math.min(from, ...touching.map((range) => range.from)),
    to: Math.max(to, ...touching.map((range) => range.to))
  }
  known.set(
    client,
    [...apart, whole].sort((one, other) => one.from - other.from)
  )
}
