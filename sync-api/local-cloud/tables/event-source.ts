// What hands a stream to a function, as Lambda's event source mapping does: in batches, in order, again after a failure.
import type { Activity } from '../activity'
import { pass, type LocalChance, type LocalTime } from '../time'
import { streamPollMs } from './limits'
import type { Kept, Shard, Stream, StreamRecord } from './stream'

export type StreamEvent = { readonly Records: readonly StreamRecord[] }

/** What a function answers that reports failures one by one (ReportBatchItemFailures). */
export type BatchResult = {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/** What the on-failure destination gets: where the records are, not the records. */
export type Discarded = {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded'
  readonly shardId: string
  readonly startSequenceNumber: string
  readonly endSequenceNumber: string
  readonly batchSize: number
}

export type EventSourceParts = {
  readonly stream: Stream
  readonly consumer: (event: StreamEvent) => Promise<BatchResult | void>
  readonly batchSize: number
  /** Whether a failed batch is tried again in halves; that does not count as a retry. */
  readonly bisectOnError: boolean
  /** Retries of a batch before it is discarded; null: until its records are gone from the stream. */
  readonly retriesMax: number | null
  /** Records older than this are discarded, ms; null: never. */
  readonly ageMsMax: number | null
  /** Told what the function failed with; to the mapping it means: nothing of the batch is done. */
  readonly onError: (failure: unknown) => void
  readonly onFailure: (discarded: Discarded) => void
  /** How likely a batch that was done is handed over once more. */
  readonly repeatShare: number
  readonly retryMs: (tries: number) => number
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly activity: Activity
}

/** Starts at what comes from now on (LATEST); answers its end. */
export function connectStream(parts: EventSourceParts): () => void {
  let isConnected = true
  const readers = parts.stream.shards.map((shard) => readShard(parts, shard, () => isConnected))
  const silence = parts.stream.onRecord(() => readers.forEach((wake) => wake()))
  return () => {
    isConnected = false
    silence()
  }
}

/** Reads one shard, one batch at a time; answers what wakes it. */
function readShard(parts: EventSourceParts, shard: Shard, isConnected: () => boolean): () => void {
  const { time, activity } = parts
  let next = shard.end()
  let isReading = false

  async function readAll(): Promise<void> {
    await pass(time, streamPollMs)
    while (isConnected()) {
      const read = shard.read(next, parts.batchSize)
      if (read.records.length === 0) return
      await deliver(read.records)
      next = read.next
    }
  }

  /** Resolves when each record is done, or discarded. */
  async function deliver(batch: readonly Kept[]): Promise<void> {
    let rest = batch
    for (let tries = 0; isConnected(); tries += 1) {
      rest = discardOld(rest)
      if (rest.length === 0) return
      const done = await activity.run(() => invoke(rest))
      if (done === rest.length) return
      // What came before the failure is behind it for good.
      if (done > 0) [rest, tries] = [rest.slice(done), 0]
      if (parts.bisectOnError && rest.length > 1) return deliverHalves(rest)
      if (parts.retriesMax !== null && tries >= parts.retriesMax) {
        return discard('RetryAttemptsExhausted', rest)
      }
      await pass(time, parts.retryMs(tries))
    }
  }

  async function deliverHalves(batch: readonly Kept[]): Promise<void> {
    const half = Math.ceil(batch.length / 2)
    await deliver(batch.slice(0, half))
    await deliver(batch.slice(half))
  }

  /** How many of the records, from the first on, are done. */
  async function invoke(batch: readonly Kept[]): Promise<number> {
    const event = { Records: batch.map(({ record }) => record) }
    const consume = () => attempt(() => parts.consumer(event), parts.onError)
    const done = doneOf(event, await consume())
    // At least once: the answer to this one got lost.
    return done === batch.length && parts.chance() < parts.repeatShare
      ? doneOf(event, await consume())
      : done
  }

  function discardOld(batch: readonly Kept[]): readonly Kept[] {
    const { ageMsMax } = parts
    if (ageMsMax === null) return batch
    const young = batch.findIndex(({ at }) => time.now() - at <= ageMsMax)
    const old = young < 0 ? batch : batch.slice(0, young)
    if (old.length > 0) discard('RecordAgeExceeded', old)
    return batch.slice(old.length)
  }

  function discard(condition: Discarded['condition'], batch: readonly Kept[]): void {
    const numbers = batch.map(({ record }) => record.dynamodb.SequenceNumber)
    parts.onFailure({
      ...{ condition, shardId: shard.id, batchSize: batch.length },
      startSequenceNumber: numbers[0] ?? '',
      endSequenceNumber: numbers.at(-1) ?? ''
    })
  }

  return () => {
    if (isReading) return
    isReading = true
    void readAll().finally(() => {
      isReading = false
    })
  }
}

/** What the function answered, or null when it failed. */
async function attempt(
  invoke: () => Promise<BatchResult | void>,
  onError: (failure: unknown) => void
): Promise<{ readonly result: BatchResult | void } | null> {
  try {
    return { result: await invoke() }
  } catch (failure) {
    onError(failure)
    return null
  }
}

/** Records before the first that failed. An identifier that is none of theirs fails the batch. */
function doneOf(
  { Records: records }: StreamEvent,
  answered: { readonly result: BatchResult | void } | null
): number {
  if (answered === null) return 0
  const failures = answered.result?.batchItemFailures ?? []
  if (failures.length === 0) return records.length
  const at = failures.map(({ itemIdentifier }) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier)
  )
  return Math.max(0, Math.min(...at))
}
