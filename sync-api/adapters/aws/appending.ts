// Entries on their way into the log: durable in this region's replica, then told a place in its order.
import { allOf } from '../../core/all-of'
import type { Appended, NewEntry } from '../../core/ports'
import type { ChannelRef } from '../../protocol/ids'
import { sameBytes } from '../../protocol/bytes'
import { parseCursor, placeCursor } from './global-cursor'
import type { GlobalLogParts, Relayed } from './log-parts'
import { putsAtOnceMax } from './limits'
import { toSettle } from './settling'
import { orNull, type TailEntry, type TailPlace } from './tail'
import { rowsOfEntry } from './update-rows'

export type AppendedHere = {
  readonly spans: readonly Appended[]
  /** Whether all of it went behind what had been in the order. */
  readonly isNew: boolean
}

/**
 * Appends what was pushed here. Rejects when not all of it is durable: then some may be, and when they are sent again they are
 * found, since their keys are the same. They get their places when `turn` resolves, however early they are durable.
 */
export async function appendTo(
  parts: GlobalLogParts,
  ref: ChannelRef,
  entries: readonly NewEntry[],
  turn: Promise<void>
): Promise<AppendedHere> {
  await settle(parts, ref, entries)
  const stored = await putAll(parts, ref, entries)
  await turn
  // Without its place it is found in the stream, which gives it one as soon as the cache is there again.
  const places = await orNull(parts.tail.add(ref, stored))
  const spans = entries.map((_, at) => spanOf(places?.[at] ?? null))
  return { spans, isNew: places?.every((place) => place.isNew) ?? false }
}

/**
 * Takes in what another region told, or what came into this replica. Of the latter nothing may be passed over: rejects with
 * CacheUnreachable, to be called again, where there is an order that cannot be told of it.
 */
export async function relay(
  parts: GlobalLogParts,
  ref: ChannelRef,
  told: readonly TailEntry[],
  insists: boolean
): Promise<Relayed> {
  const isStream = told.some(({ durable }) => durable)
  const adding = parts.tail.add(ref, told)
  const places = await (isStream ? adding : orNull(adding))
  await settle(parts, ref, [])
  // Where nothing remembers what was told before, it is told again: taking it twice is taking it once.
  const fresh = told.flatMap(({ entry }, at) => {
    const place = places?.[at] ?? null
    if (place === null) return [{ entry, span: nowhere }]
    return place.isNew || (insists && !place.hasReached) ? [{ entry, span: spanAt(place) }] : []
  })
  const isWaiting = (place: TailPlace | undefined): boolean =>
    place !== undefined && !place.isNew && !place.hasReached
  return {
    entries: fresh.map(({ entry }) => entry),
    spans: fresh.map(({ span }) => span),
    waiting: insists ? [] : told.filter((_, at) => isWaiting(places?.[at]))
  }
}

/** Puts here what another region told and this one's replica lacks, where something hangs on it. */
async function settle(
  parts: GlobalLogParts,
  ref: ChannelRef,
  entries: readonly NewEntry[]
): Promise<void> {
  const { tail, now } = parts
  const unsettled = (await orNull(tail.unsettled(ref))) ?? []
  const chosen = toSettle(unsettled, entries, now())
  if (chosen.length === 0) return
  await tail.add(
    ref,
    await putAll(
      parts,
      ref,
      chosen.map(({ entry }) => entry)
    )
  )
}

async function putAll(
  { table, region }: GlobalLogParts,
  ref: ChannelRef,
  entries: readonly NewEntry[]
): Promise<readonly TailEntry[]> {
  const stored: TailEntry[] = []
  for (let from = 0; from < entries.length; from += putsAtOnceMax) {
    const some = entries.slice(from, from + putsAtOnceMax)
    const put = some.map(async (entry): Promise<TailEntry> => {
      const { key, rows } = rowsOfEntry(ref, entry, region)
      for (const row of rows) await table.putNew(row)
      return { key, entry, durable: true }
    })
    stored.push(...(await allOf(put)))
  }
  return stored
}

/** Remembers that these have reached everybody who listens here; without the cache nobody asks. */
export async function rememberReached(
  { tail }: GlobalLogParts,
  ref: ChannelRef,
  spans: readonly Appended[]
): Promise<void> {
  const places = spans.flatMap(({ to }) => {
    const at = parseCursor(to)
    return at?.kind === 'ordered' ? [at.place] : []
  })
  const [first] = places
  if (first === undefined) return
  const ofOne = places.filter(({ id }) => sameBytes(id, first.id))
  await orNull(
    tail.reached(
      ref,
      first.id,
      ofOne.map(({ sequence }) => sequence)
    )
  )
}

/** It moves nobody. */
const nowhere: Appended = { from: placeCursor(null), to: placeCursor(null) }

/** Nowhere where the region has no order at the moment, or the entry had its place before. */
function spanOf(place: TailPlace | null): Appended {
  return place === null || !place.isNew ? nowhere : spanAt(place)
}

function spanAt({ id, sequence }: TailPlace): Appended {
  return {
    from: placeCursor({ id, sequence: sequence - 1 }),
    to: placeCursor({ id, sequence })
  }
}
