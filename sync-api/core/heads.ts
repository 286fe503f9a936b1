// What is known of the channels that are written to, in memory: read from the log when it is first needed.
import { entryZero } from '../protocol/entry-zero'
import { channelKey, type ChannelRef } from '../protocol/ids'
import type { Cursor } from '../protocol/messages'
import { createKnown, setPerson, weightOf, type Known } from './known'
import { foldPageBytes, knownBytesMax } from './limits'
import { counters, histograms } from './metrics'
import type { Clock, Log, Metrics } from './ports'
import { learnUpdate } from './update-check'

export type Heads = {
  /** What is known of the channel, what is on the way into its log included; null if it is not here. */
  get(key: string): Known | null
  /** Reads it from the log: only while nothing is on the way into it. Rejects if the log cannot be read. */
  load(ref: ChannelRef): Promise<void>
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

export function createHeads({ log, clock, metrics, isBusy }: Parts): Heads {
  /** Used longest ago first. */
  const all = new Map<string, Known>()
  const loading = new Map<string, Promise<void>>()
  let uses = 0

  function get(key: string): Known | null {
    const known = all.get(key)
    if (known === undefined) return null
    all.delete(key)
    all.set(key, known)
    // What is known grows with every use; adding it up each time would cost more than the check.
    if (++uses % usesBetweenCounts === 0) makeRoom()
    return known
  }

  function load(ref: ChannelRef): Promise<void> {
    const key = channelKey(ref)
    const under = loading.get(key)
    if (under !== undefined) return under
    const startedAt = clock.now()
    const done = readKnown(log, ref)
      .then((known) => {
        all.set(key, known)
        makeRoom()
        metrics.count(counters.headsRead)
        metrics.observe(histograms.headsReadMs, clock.now() - startedAt)
      })
      .finally(() => loading.delete(key))
    loading.set(key, done)
    return done
  }

  function makeRoom(): void {
    let bytes = 0
    for (const known of all.values()) bytes += weightOf(known)
    for (const [key, known] of all) {
      if (bytes <= knownBytesMax || all.size === 1) return
      if (isBusy(key)) continue
      all.delete(key)
      bytes -= weightOf(known)
    }
  }

  return { get, load, forget: (key) => void all.delete(key) }
}

const usesBetweenCounts = 1_000

/** Checkpoint and tail of a log, as far as what they build on is there. */
export async function readKnown(log: Log, ref: ChannelRef): Promise<Known> {
  const known = createKnown()
  const { channel } = ref
  if (channel === 'content') learnUpdate(known, entryZero, channel)
  let waiting: Uint8Array[] = []
  let cursor: Cursor = new Uint8Array(0)
  for (;;) {
    const page = await log.read(ref, cursor, foldPageBytes)
    if (page === null) throw new Error(`The log of ${channelKey(ref)} lost its own cursor`)
    const { checkpoint, entries } = page
    const updates = entries.map(({ update }) => update)
    if (checkpoint !== null) updates.unshift(checkpoint.update)
    waiting.push(...updates.filter((update) => !learnUpdate(known, update, channel)))
    for (const [client, person] of checkpoint?.authors ?? []) setPerson(known, client, person)
    for (const { clients, person } of entries) {
      for (const client of clients) setPerson(known, client, person)
    }
    cursor = page.to
    if (!page.more) break
  }
  // Stored before updates were checked, some may stand before what they build on.
  for (let before = Infinity; waiting.length > 0 && waiting.length < before;) {
    before = waiting.length
    waiting = waiting.filter((update) => !learnUpdate(known, update, channel))
  }
  return known
}
