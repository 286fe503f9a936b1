// Where a log stands, remembered: what has come since is learned from the region's order, and only where that has begun anew is
// all of it read again.
import { sameBytes } from '../../protocol/bytes'
import { createLru } from '../../core/lru'
import type { Head, NewEntry } from '../../core/ports'
import { channelKey, type ChannelRef } from '../../protocol/ids'
import { placeCursor, type Place } from './global-cursor'
import type { GlobalLogParts } from './log-parts'
import { headsCachedMax } from './limits'
import { numbersIn, type OutboxNumbers } from './outbox-numbers'
import type { Reading } from './reading'
import { orNull, type TailView } from './tail'

export type HeadCache = {
  head(ref: ChannelRef): Promise<Head>
  /** Whether it was asked before. */
  knows(ref: ChannelRef): boolean
  forget(ref: ChannelRef): void
}

type Standing = {
  place: Place
  /** Whether something in the order is not durable in this region. */
  hasUnsettled: boolean
  readonly numbers: OutboxNumbers
  unfoldedEntries: number
  unfoldedBytes: number
}

export function createHeadCache({ tail }: GlobalLogParts, reading: Reading): HeadCache {
  const known = createLru<string, Standing>(headsCachedMax)

  async function head(ref: ChannelRef): Promise<Head> {
    const key = channelKey(ref)
    const before = known.get(key)
    if (before !== undefined && (await goOn(ref, before))) return settledHead(ref, before)
    const anew = await readAnew(ref)
    // Without an order nothing tells what has come since.
    if (anew.place === null) known.delete(key)
    else known.set(key, anew)
    return settledHead(ref, anew)
  }

  /** What another region has only told is not acknowledged here as if this one held it. */
  async function settledHead(ref: ChannelRef, standing: Standing): Promise<Head> {
    const head = headOf(standing)
    if (!standing.hasUnsettled) return head
    const outboxes = new Map(head.outboxes)
    for (const { entry } of (await orNull(tail.unsettled(ref))) ?? []) {
      const { outbox, n } = entry
      outboxes.set(outbox, Math.min(n - 1, outboxes.get(outbox) ?? 0))
    }
    return { ...head, outboxes }
  }

  /** Learns what has come since; false where that cannot be known. */
  async function goOn(ref: ChannelRef, standing: Standing): Promise<boolean> {
    for (;;) {
      const { place } = standing
      if (place === null) return false
      const view = await orNull(tail.read(ref, place.sequence))
      if (view === null || !sameBytes(view.id, place.id)) return false
      if (place.sequence < view.first - 1 || place.sequence > view.last) return false
      learn(standing, view)
      const sequence = view.entries.at(-1)?.sequence ?? place.sequence
      standing.place = { id: view.id, sequence }
      standing.hasUnsettled = view.unsettled !== null
      if (sequence === view.last) return true
    }
  }

  async function readAnew(ref: ChannelRef): Promise<Standing> {
    const { loaded, place } = await reading.standing(ref)
    const standing: Standing = {
      ...{ place, numbers: numbersIn(loaded.checkpoints), hasUnsettled: false },
      ...{ unfoldedEntries: 0, unfoldedBytes: 0 }
    }
    for (const { entry } of loaded.entries) learnEntry(standing, entry)
    await goOn(ref, standing)
    return standing
  }

  const knows = (ref: ChannelRef): boolean => known.get(channelKey(ref)) !== undefined
  return { head, knows, forget: (ref) => known.delete(channelKey(ref)) }
}

function learn(standing: Standing, { entries }: TailView): void {
  for (const { entry } of entries) learnEntry(standing, entry)
}

function learnEntry(standing: Standing, { outbox, n, update }: NewEntry): void {
  // In the checkpoint already, and not taken out yet; or told twice.
  if (n <= (standing.numbers.known().get(outbox) ?? 0)) return
  standing.numbers.learn(outbox, n)
  standing.unfoldedEntries += 1
  standing.unfoldedBytes += update.length
}

function headOf({ place, numbers, unfoldedEntries, unfoldedBytes }: Standing): Head {
  return {
    cursor: placeCursor(place),
    epoch: 0,
    restoredAt: null,
    outboxes: numbers.known(),
    unfoldedEntries,
    unfoldedBytes
  }
}
