// Pushes into the channels of documents: numbered, deduplicated, appended, acknowledged, told on.
import { allOf } from './all-of'
import type { ChannelRef } from '../protocol/ids'
import { channelKey } from '../protocol/ids'
import type { Push } from '../protocol/messages'
import type { RefusalReason } from '../protocol/errors'
import { updateBytesMax } from '../protocol/limits'
import { mayWrite, type Role } from '../protocol/roles'
import type { Written } from './authorship'
import { createChannel, isAtRest } from './channel'
import { createHeads } from './heads'
import type { Author, Channel, Pending } from './subscription'
import { healingMsMax, pendingBytesMax, pendingEntriesMax, retryMs } from './limits'
import { counters, faultCounters, histograms } from './metrics'
import type { Appended, Clock, Log, Metrics, NewEntry } from './ports'
import { Refusal } from './refusal'
import { checkUpdate, type Verdict } from './update-check'

export type Documents = {
  /** The channel, read from the log if it is not in use. Every `open` needs its `release`. */
  open(ref: ChannelRef): Promise<Channel>
  /** Forgets the channel if nobody uses it any more. */
  release(channel: Channel): void
  /** Forgets a channel that nobody listens to and nothing is on the way into. */
  forget(channel: Channel): void
  /** The channel if it is in use. */
  inUse(ref: ChannelRef): Channel | null
  /**
   * Null when pushes into the channel can be checked; else resolves when what is known of it has been
   * read, and may be forgotten again. Rejects when the log cannot be read.
   */
  prepare(channel: Channel): Promise<void> | null
  /** Resolves when pushes into the channel can be checked. */
  prepared(channel: Channel): Promise<void>
  /** In the turn in which `prepare` answered null: checks, numbers and appends a push; exactly one answer reaches `author`. */
  push(channel: Channel, push: Push, written: Written, role: Role | null, author: Author): void
  /** Appends entries of the relay's own. Throws Refusal when they could not be stored. */
  append(ref: ChannelRef, entries: readonly NewEntry[]): Promise<void>
  /** Resolves when nothing is on its way into the log any more. */
  drain(): Promise<void>
}

type Parts = {
  readonly log: Log
  readonly clock: Clock
  readonly metrics: Metrics
  readonly report: (what: string, cause: unknown) => void
  /** Called when entries are durable, before anything else is appended to the channel. */
  readonly onAppended: (
    channel: Channel,
    batch: readonly Pending[],
    spans: readonly Appended[]
  ) => void
}

export function createDocuments(parts: Parts): Documents {
  const { log, clock, metrics, report, onAppended } = parts
  const channels = new Map<string, Channel>()
  const opening = new Map<string, Promise<Channel>>()
  const flushing = new Set<Promise<void>>()
  const isBusy = (key: string): boolean => channels.get(key)?.isFlushing === true
  const heads = createHeads({ log, clock, metrics, isBusy })

  async function open(ref: ChannelRef): Promise<Channel> {
    const key = channelKey(ref)
    const known = channels.get(key)
    if (known !== undefined) return held(known)
    const under = opening.get(key) ?? load(ref, key)
    return held(await under)
  }

  function held(channel: Channel): Channel {
    channel.holders += 1
    channels.set(channel.key, channel)
    return channel
  }

  function load(ref: ChannelRef, key: string): Promise<Channel> {
    const loaded = log.head(ref).then((head) => {
      const channel = createChannel({ document: ref.document, channel: ref.channel }, head)
      channels.set(key, channel)
      return channel
    })
    const done = loaded.finally(() => opening.delete(key))
    opening.set(key, done)
    return done
  }

  function release(channel: Channel): void {
    channel.holders -= 1
    forget(channel)
  }

  function forget(channel: Channel): void {
    if (isAtRest(channel)) channels.delete(channel.key)
  }

  function prepare(channel: Channel): Promise<void> | null {
    if (channel.ref.channel === 'rights' || heads.get(channel) !== null) return null
    // Held meanwhile: what is read must not become old behind the back of another.
    channel.holders += 1
    return heads.load(channel).finally(() => release(channel))
  }

  async function prepared(channel: Channel): Promise<void> {
    for (let wait = prepare(channel); wait !== null; wait = prepare(channel)) await wait
  }

  function push(
    channel: Channel,
    message: Push,
    written: Written,
    role: Role | null,
    author: Author
  ): void {
    metrics.count(counters.pushes)
    const reason = refusalOf(channel, message, role)
    const { outbox, n } = message
    if (reason !== null) {
      metrics.count(counters.refusals)
      return author.answer({ type: 'refused', ...channel.ref, outbox, n, reason })
    }
    const have = channel.numbers.get(outbox) ?? 0
    if (n <= have) return acknowledgeAgain(channel, message, author)
    if (n > have + 1) {
      metrics.count(counters.gaps)
      return author.answer({ type: 'gap', ...channel.ref, outbox, have })
    }
    if (isFull(channel)) {
      const about = channel.ref
      return author.answer({ type: 'error', code: 'over-limit', about, retryMs })
    }
    const verdict = check(channel, written)
    if (verdict === 'fine') return accept(channel, { entry: written.entry, authors: [author] })
    if (verdict === 'unknown') {
      metrics.count(counters.unknown)
      return author.answer({ type: 'unknown', ...channel.ref, outbox, n })
    }
    metrics.count(counters.refusals)
    metrics.count(faultCounters[verdict])
    author.answer({ type: 'refused', ...channel.ref, outbox, n, reason: 'invalid' })
  }

  /** A fine update counts as known from here on: those behind it may build on it. */
  function check(channel: Channel, { entry, vouched }: Written): Verdict {
    const { key, ref, restoredAt } = channel
    const known = heads.get(channel)
    if (known === null) throw new Error(`A push into ${key} before it was prepared`)
    const { person, clients, update } = entry
    const restored = restoredAt !== null && clock.now() - restoredAt < healingMsMax
    const healing = vouched || restored
    return checkUpdate(known, update, { channel: ref.channel, person, clients, healing })
  }

  /** A number that is known: told at once, or with the first sending when that is durable. */
  function acknowledgeAgain(channel: Channel, { outbox, n }: Push, author: Author): void {
    metrics.count(counters.pushesAgain)
    const sameEntry = ({ entry }: Pending): boolean => entry.n === n && entry.outbox === outbox
    const first = channel.appending.find(sameEntry) ?? channel.pending.find(sameEntry)
    if (first !== undefined) {
      first.authors.push(author)
      return
    }
    // Where it went is not known any more; a span of no length moves no cursor.
    const { ref, cursor } = channel
    author.answer({ type: 'ack', ...ref, outbox, n, from: cursor, to: cursor })
  }

  function accept(channel: Channel, pending: Pending): void {
    const { entry } = pending
    channel.numbers.set(entry.outbox, entry.n)
    channel.pendingBytes += entry.update.length
    channel.pending.push(pending)
    if (channel.isFlushing) return
    channel.isFlushing = true
    const flush = flushAll(channel)
    flushing.add(flush)
    void flush.finally(() => flushing.delete(flush))
  }

  async function flushAll(channel: Channel): Promise<void> {
    try {
      while (channel.pending.length > 0) {
        // What else comes until then goes into the same append.
        await log.ready()
        channel.appending = channel.pending
        channel.pending = []
        await flushOnce(channel, channel.appending)
      }
    } finally {
      channel.isFlushing = false
      forget(channel)
    }
  }

  async function flushOnce(channel: Channel, batch: readonly Pending[]): Promise<void> {
    const startedAt = clock.now()
    let spans: readonly Appended[]
    try {
      const entries = batch.map(({ entry }) => entry)
      spans = await log.append(channel.ref, entries)
    } catch (cause) {
      report(`Could not append to ${channel.key}`, cause)
      metrics.count(counters.storageFailures)
      return dropAll(channel)
    }
    channel.appending = []
    heads.appended(channel, spans)
    let bytes = 0
    for (const { entry } of batch) bytes += entry.update.length
    channel.pendingBytes -= bytes
    channel.unfoldedEntries += batch.length
    channel.unfoldedBytes += bytes
    metrics.count(counters.appends)
    metrics.count(counters.pushedBytes, bytes)
    metrics.observe(histograms.appendMs, clock.now() - startedAt)
    metrics.observe(histograms.appendEntries, batch.length)
    onAppended(channel, batch, spans)
  }

  /** Takes back the numbers of all that is not durable, so that it may be sent again. */
  function dropAll(channel: Channel): void {
    heads.forget(channel.key)
    const dropped = [...channel.appending, ...channel.pending]
    channel.appending = []
    channel.pending = []
    channel.pendingBytes = 0
    for (const { entry } of dropped) {
      const have = channel.numbers.get(entry.outbox) ?? 0
      channel.numbers.set(entry.outbox, Math.min(have, entry.n - 1))
    }
    const about = channel.ref
    for (const { authors } of dropped) {
      for (const author of authors) {
        author.answer({ type: 'error', code: 'storage-failed', about, retryMs })
      }
    }
  }

  async function append(ref: ChannelRef, entries: readonly NewEntry[]): Promise<void> {
    const channel = await open(ref)
    try {
      const stored = entries.map((entry) => acceptOwn(channel, entry))
      await allOf(stored)
    } finally {
      release(channel)
    }
  }

  function acceptOwn(channel: Channel, entry: NewEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const author: Author = {
        answer(message) {
          if (message.type === 'ack') resolve()
          else reject(new Refusal('storage-failed'))
        }
      }
      accept(channel, { entry, authors: [author] })
    })
  }

  async function drain(): Promise<void> {
    while (flushing.size > 0) await Promise.all(flushing)
  }

  return {
    open,
    release,
    forget,
    inUse: (ref) => channels.get(channelKey(ref)) ?? null,
    prepare,
    prepared,
    push,
    append,
    drain
  }
}

function isFull(channel: Channel): boolean {
  return channel.pendingBytes > pendingBytesMax || channel.pending.length >= pendingEntriesMax
}

function refusalOf(channel: Channel, push: Push, role: Role | null): RefusalReason | null {
  if (role === null) return 'not-found'
  if (!mayWrite(role, push.channel)) return 'not-allowed'
  if (push.epoch !== channel.epoch) return 'epoch'
  if (push.update.length > updateBytesMax) return 'too-large'
  if (push.n < 1) return 'invalid'
  return null
}
