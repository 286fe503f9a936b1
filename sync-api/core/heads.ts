// What is known of the channels that are written to, in memory: read from the log when it is first needed, and on from there
// where others have written.
import { entryZero } from '../protocol/entry-zero'
import { channelKey, type ChannelRef } from '../protocol/ids'
import type { Cursor } from '../protocol/messages'
import { sameBytes } from '../protocol/bytes'
import { createKnown, setPerson, weightOf, type Known } from './known'
import { foldPageBytes, knownBytesMax } from './limits'
import { counters, histograms } from './metrics'
import type { Appended, Clock, Log, Metrics } from './ports'
import type { Channel } from './subscription'
import { learnUpdate } from './update-check'

export type Heads = {
  /**
   * What is known of the channel, what is on the way into its log included; null if it is not here, or
   * others have written since.
   */
  get(channel: Channel): Known | null
  /** Reads it from the log: only while nothing is on the way into it. Rejects if the log cannot be read. */
  load(channel: Channel): Promise<void>
  /** What was counted as known has been appended: the log moved by it. */
  appended(channel: Channel, spans: readonly Appended[]): void
  /** Something that was counted as known did not reach the log. */
  forget(key: string): void
}

type Parts = {
  readonly log: Log
  readonly clock: Clock
  readonly metrics: Metrics
  /** Whether something is on the way into the channel's log: then what is known of it must stay. */
  readonly isBusy: (key: string) => boolean
}

/** What is known, and how far in the log. */
type Head = Reading & {
  /** The channel it was read for: as long as that is in use it learns of everything. */
  channel: Channel
}

export function createHeads({ log, clock, metrics, isBusy }: Parts): Heads {
  /** Used longest ago first. */
  const all = new Map<string, Head>()
  const loading = new Map<string, Promise<void>>()
  let uses = 0

  function get(channel: Channel): Known | null {
    const { key } = channel
    const head = all.get(key)
    if (head === undefined) return null
    if (head.channel !== channel && !isAt(head, channel.cursor)) return null
    head.channel = channel
    all.delete(key)
    all.set(key, head)
    // What is known grows with every use; adding it up each time would cost more than the check.
    if (++uses % usesBetweenCounts === 0) makeRoom()
    return head.known
  }

  function load(channel: Channel): Promise<void> {
    const { key, ref } = channel
    const under = loading.get(key)
    if (under !== undefined) return under
    const startedAt = clock.now()
    const done = readOn(log, ref, all.get(key) ?? beginning(ref))
      .then((read) => {
        all.set(key, { ...read, channel })
        makeRoom()
        metrics.count(counters.headsRead)
        metrics.observe(histograms.headsReadMs, clock.now() - startedAt)
      })
      .finally(() => loading.delete(key))
    loading.set(key, done)
    return done
  }

  function appended({ key }: Channel, spans: readonly Appended[]): void {
    const head = all.get(key)
    if (head === undefined) return
    // Where others append as well it stays behind, and what they wrote is read when it is needed again.
    for (const { from, to } of spans) if (sameBytes(head.cursor, from)) head.cursor = to
  }

  function makeRoom(): void {
    let bytes = 0
    for (const { known } of all.values()) bytes += weightOf(known)
    for (const [key, { known }] of all) {
      if (bytes <= knownBytesMax || all.size === 1) return
      if (isBusy(key)) continue
      all.delete(key)
      bytes -= weightOf(known)
    }
  }

  return { get, load, appended, forget: (key) => void all.delete(key) }
}

const usesBetweenCounts = 1_000

/** What is known of a log up to a cursor. */
type Reading = {
  readonly known: Known
  /** What builds on something that has not come yet. */
  waiting: readonly Uint8Array[]
  cursor: Cursor
}

/** A log that is empty has the cursor of one that has no order at the moment: of neither is anything known by it. */
function isAt({ cursor }: Reading, place: Cursor): boolean {
  return place.length > 0 && sameBytes(cursor, place)
}

function beginning({ channel }: ChannelRef): Reading {
  const known = createKnown()
  if (channel === 'content') learnUpdate(known, entryZero, channel)
  return { known, waiting: [], cursor: new Uint8Array(0) }
}

/** Goes on from where the reading stands to the end of the log, as far as what it builds on is there. */
async function readOn(log: Log, ref: ChannelRef, before: Reading): Promise<Reading> {
  const { channel } = ref
  let { known, cursor } = before
  let waiting = [...before.waiting]
  for (;;) {
    const page = await log.read(ref, cursor, foldPageBytes)
    if (page === null) {
      if (cursor.length === 0) throw new Error(`The log of ${channelKey(ref)} lost its beginning`)
      // Its order has begun anew.
      ;({ known, cursor } = beginning(ref))
      waiting = []
      continue
    }
    const { checkpoint, entries } = page
    if (checkpoint !== null) waiting.push(checkpoint.update)
    for (const { update } of entries) waiting.push(update)
    waiting = waiting.filter((update) => !learnUpdate(known, update, channel))
    for (const [client, person] of checkpoint?.authors ?? []) setPerson(known, client, person)
    for (const { clients, person } of entries) {
      for (const client of clients) setPerson(known, client, person)
    }
    cursor = page.to
    if (!page.more) break
  }
  // Some may stand before what they build on.
  for (let last = Infinity; waiting.length > 0 && waiting.length < last;) {
    last = waiting.length
    waiting = waiting.filter((update) => !learnUpdate(known, update, channel))
  }
  return { known, waiting, cursor }
}
