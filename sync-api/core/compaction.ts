// Folds the logs of channels in the background, so that a cold reader reads one checkpoint.
import { channelKey, type ChannelRef } from '../protocol/ids'
import { updateBytesMax } from '../protocol/limits'
import {
  foldRetryMs,
  foldsAtOnceMax,
  foldShareMax,
  unfoldedBytesMax,
  unfoldedEntriesAtRestMax,
  unfoldedEntriesMax
} from './limits'
import { readPrefix } from './log-prefix'
import { counters, histograms } from './metrics'
import type { Checkpoint, Clock, Folder, Log, Metrics } from './ports'

/** How much of a channel is not folded yet. */
export type Unfolded = { readonly unfoldedEntries: number; readonly unfoldedBytes: number }

export type Compaction = {
  /** Folds the channel in the background if enough has come together. */
  consider(ref: ChannelRef, unfolded: Unfolded): void
  /** The same where nobody writes: when the last one leaves, or somebody reads from the start. */
  considerAtRest(ref: ChannelRef, unfolded: Unfolded): void
  /** Starts no more folds; resolves when none touches the log any more. */
  stop(): Promise<void>
}

type Parts = {
  readonly log: Log
  readonly folder: Folder
  readonly clock: Clock
  readonly metrics: Metrics
  readonly report: (what: string, cause: unknown) => void
  readonly onFolded: (ref: ChannelRef, left: Unfolded) => void
  /** Given where another process folds: told of each channel that is due, again and again until it is folded. */
  readonly elsewhere?: ((ref: ChannelRef) => void) | undefined
}

export function createCompaction(parts: Parts): Compaction {
  const { log, clock, metrics, report, onFolded, elsewhere } = parts
  const waiting = new Map<string, ChannelRef>()
  const running = new Map<string, Promise<void>>()
  /** Channels that shall be left alone for a while: until when, ms. */
  const resting = new Map<string, number>()
  let stopped = false

  function consider(ref: ChannelRef, { unfoldedEntries, unfoldedBytes }: Unfolded): void {
    if (unfoldedEntries < unfoldedEntriesMax && unfoldedBytes < unfoldedBytesMax) return
    enqueue(ref)
  }

  function considerAtRest(ref: ChannelRef, { unfoldedEntries, unfoldedBytes }: Unfolded): void {
    if (unfoldedEntries < unfoldedEntriesAtRestMax && unfoldedBytes < unfoldedBytesMax) return
    // Nobody is kept waiting by it: the share of the time does not matter, a failure does.
    enqueue(ref)
  }

  function enqueue(ref: ChannelRef): void {
    // Rights are read entry by entry: they are not Yjs updates.
    if (stopped || ref.channel === 'rights') return
    if (elsewhere !== undefined) return elsewhere(ref)
    const key = channelKey(ref)
    if (running.has(key) || isResting(key)) return
    waiting.set(key, ref)
    startNext()
  }

  function isResting(key: string): boolean {
    const until = resting.get(key)
    if (until === undefined) return false
    if (clock.now() < until) return true
    resting.delete(key)
    return false
  }

  function startNext(): void {
    if (stopped || running.size >= foldsAtOnceMax) return
    const next = waiting.entries().next()
    if (next.done === true) return
    const [key, ref] = next.value
    waiting.delete(key)
    const run = foldOnce(ref, key).finally(() => {
      running.delete(key)
      startNext()
    })
    running.set(key, run)
  }

  async function foldOnce(ref: ChannelRef, key: string): Promise<void> {
    const startedAt = clock.now()
    try {
      await foldChannel(parts, ref, () => stopped)
      const took = clock.now() - startedAt
      metrics.observe(histograms.foldMs, took)
      resting.set(key, clock.now() + took * (1 / foldShareMax - 1))
      const left = await log.head(ref)
      onFolded(ref, left)
    } catch (cause) {
      metrics.count(counters.foldsFailed)
      report(`Could not fold ${key}; its log is kept as it is`, cause)
      resting.set(key, clock.now() + foldRetryMs)
    }
  }

  async function stop(): Promise<void> {
    stopped = true
    waiting.clear()
    await Promise.all(running.values())
  }

  return { consider, considerAtRest, stop }
}

/** Folds as much of a channel as one piece of work may; not at all when told to stop in the middle. Rejects when it cannot. */
export async function foldChannel(
  { log, folder, metrics }: Pick<Parts, 'log' | 'folder' | 'metrics'>,
  ref: ChannelRef,
  isStopped: () => boolean
): Promise<void> {
  const prefix = await readPrefix(log, ref)
  if (prefix.entries === 0 || isStopped()) return
  const update = await folder.fold(prefix.updates)
  if (update.length > updateBytesMax) {
    throw new Error(`A checkpoint of ${update.length} bytes could not be handed out`)
  }
  if (isStopped()) return
  const { authors, firstAt, lastAt, upTo } = prefix
  const checkpoint: Checkpoint = { update, authors, firstAt, lastAt }
  if (!(await log.fold(ref, upTo, checkpoint))) return
  metrics.count(counters.folds)
  metrics.observe(histograms.foldBytes, update.length)
}
