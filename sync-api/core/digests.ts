// Whether people's copies of a channel are what its log holds: by digests, beside everything else.
import { channelKey } from '../protocol/ids'
import type { Cursor, Digest } from '../protocol/messages'
import { mayWrite } from '../protocol/roles'
import { sameBytes } from '../protocol/bytes'
import { digestShareMax, digestsCachedMax } from './limits'
import { readPrefix } from './log-prefix'
import { createLru } from './lru'
import { counters, histograms } from './metrics'
import type { Clock, Folder, Log, Metrics } from './ports'
import type { Channel, Connection, Subscription } from './subscription'

export type Digests = {
  /**
   * Answers `differs` if the log is something else at the place the copy is of; else, or when busy, nothing. Resolves when it is
   * known, and never rejects.
   */
  compare(connection: Connection, copy: Digest): Promise<void>
  /** Begins no more; resolves when none touches the log any more. */
  stop(): Promise<void>
}

type Parts = {
  readonly log: Log
  readonly folder: Folder
  readonly clock: Clock
  readonly metrics: Metrics
  readonly report: (what: string, cause: unknown) => void
}

/** What the log was where it stood; null where that could not be found out, and will not be. */
type Found = { readonly cursor: Cursor; readonly digest: Uint8Array | null }

export function createDigests({ log, folder, clock, metrics, report }: Parts): Digests {
  const known = createLru<string, Found>(digestsCachedMax)
  let running: { readonly key: string; readonly found: Promise<Found> } | null = null
  let restingUntil = 0
  let stopped = false

  async function compare(connection: Connection, copy: Digest): Promise<void> {
    const key = channelKey(copy)
    const subscription = connection.subscriptions.get(key)
    if (subscription === undefined || !isComparable(subscription, copy.cursor)) return
    const there = await lookUp(subscription.channel)
    // The right may have gone meanwhile; and what was under way already may be of another place.
    if (there === null || connection.subscriptions.get(key) !== subscription) return
    if (there.digest === null || !sameBytes(there.cursor, copy.cursor)) return
    metrics.count(counters.digests)
    if (sameBytes(there.digest, copy.digest)) return
    metrics.count(counters.digestsDiffer)
    connection.answer({ type: 'differs', ...subscription.channel.ref })
  }

  /** Null when another channel's turn is now, or the share of the time is used up. Never rejects. */
  function lookUp({ key, ref, cursor }: Channel): Promise<Found> | null {
    const there = known.get(key)
    if (there !== undefined && sameBytes(there.cursor, cursor)) return Promise.resolve(there)
    if (running !== null) return running.key === key ? running.found : null
    const startedAt = clock.now()
    if (stopped || startedAt < restingUntil) return null
    const found = find(ref, cursor).then((one) => {
      known.set(key, one)
      const took = clock.now() - startedAt
      restingUntil = clock.now() + took * (1 / digestShareMax - 1)
      metrics.observe(histograms.digestMs, took)
      running = null
      return one
    })
    running = { key, found }
    return found
  }

  async function find(ref: Channel['ref'], cursor: Cursor): Promise<Found> {
    try {
      const { updates, upTo } = await readPrefix(log, ref)
      // It has moved on, or is longer than one piece of work may be.
      if (!sameBytes(upTo, cursor)) return { cursor, digest: null }
      return { cursor, digest: await folder.digest(updates) }
    } catch (cause) {
      report(`Could not make the digest of ${channelKey(ref)}`, cause)
      return { cursor, digest: null }
    }
  }

  return {
    compare,
    async stop() {
      stopped = true
      await running?.found
    }
  }
}

function isComparable({ channel, role }: Subscription, cursor: Cursor): boolean {
  // Rights are read entry by entry: they are not Yjs updates.
  if (channel.ref.channel === 'rights' || !sameBytes(channel.cursor, cursor)) return false
  // Who may only read keeps what a restored log has lost, and cannot give it back.
  return channel.restoredAt === null || mayWrite(role, channel.ref.channel)
}
