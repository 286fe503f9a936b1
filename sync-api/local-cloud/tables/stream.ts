// The stream of one replica: what changed in it, by local writes and by those of other regions, item by item in order.
import { createHash } from 'node:crypto'
import type { LocalTime } from '../time'
import { bytesOf, type Item } from './items'
import { invocationBytesMax, streamKeepsMs, streamShards } from './limits'

export type StreamEventName = 'INSERT' | 'MODIFY' | 'REMOVE'

/** A record as Lambda hands it to a function. */
export type StreamRecord = {
  readonly eventID: string
  readonly eventName: StreamEventName
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly awsRegion: string
  readonly eventSourceARN: string
  /** Of deletions by TTL in this region; those that came from another region do not have it. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: string }
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    readonly SizeBytes: number
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES'
  }
}

export type Happened = {
  readonly key: Item
  readonly before: Item | null
  readonly after: Item | null
  readonly byTtl: boolean
}

export type Kept = {
  readonly record: StreamRecord
  readonly at: number
  /** As JSON. */
  readonly bytes: number
}

/** One shard as its reader sees it. */
export type Shard = {
  readonly id: string
  /** Position after the newest record. */
  end(): number
  /** Records from a position on; those that were dropped meanwhile are left out. */
  read(from: number, max: number): { readonly records: readonly Kept[]; readonly next: number }
}

export type Stream = {
  readonly arn: string
  readonly shards: readonly Shard[]
  add(happened: Happened): void
  /** Told after each new record; answers its end. */
  onRecord(listener: () => void): () => void
}

export function createStream(region: string, table: string, time: LocalTime): Stream {
  const arn = `arn:aws:dynamodb:${region}:000000000000:table/${table}/stream/${new Date(time.now()).toISOString()}`
  const shards = Array.from({ length: streamShards }, (_, at) => createShard(`shardId-${at}`))
  const listeners = new Set<() => void>()
  let count = 0

  function recordOf({ key, before, after, byTtl }: Happened): StreamRecord {
    count += 1
    const digits = String(count).padStart(21, '0')
    const identity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' } as const
    return {
      ...{ eventID: `${region}-${table}-${digits}`, eventVersion: '1.1' },
      eventName: before === null ? 'INSERT' : after === null ? 'REMOVE' : 'MODIFY',
      ...{ eventSource: 'aws:dynamodb', awsRegion: region, eventSourceARN: arn },
      ...(byTtl ? { userIdentity: identity } : {}),
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(time.now() / 1000),
        Keys: key,
        ...(after === null ? {} : { NewImage: after }),
        ...(before === null ? {} : { OldImage: before }),
        SequenceNumber: digits,
        SizeBytes: bytesOf(key) + bytesOf(before ?? {}) + bytesOf(after ?? {}),
        StreamViewType: 'NEW_AND_OLD_IMAGES'
      }
    }
  }

  return {
    arn,
    shards,
    add(happened) {
      const at = time.now()
      const record = recordOf(happened)
      const bytes = Buffer.byteLength(JSON.stringify(record))
      shards[shardOf(happened.key)]!.add({ record, at, bytes }, at - streamKeepsMs)
      for (const tell of listeners) tell()
    },
    onRecord(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

function createShard(id: string): Shard & { add(kept: Kept, oldest: number): void } {
  let first = 0
  let kept: Kept[] = []
  return {
    id,
    end: () => first + kept.length,
    read(from, max) {
      const start = Math.max(from, first)
      const records = withinPayload(kept.slice(start - first, start - first + max))
      return { records, next: start + records.length }
    },
    add(added, oldest) {
      const dropped = kept.findIndex(({ at }) => at >= oldest)
      const count = dropped < 0 ? kept.length : dropped
      first += count
      kept = kept.slice(count)
      kept.push(added)
    }
  }
}

/** The first of the records, as many as one invocation may carry. */
function withinPayload(records: readonly Kept[]): readonly Kept[] {
  let bytes = 0
  const over = records.findIndex((kept) => (bytes += kept.bytes) > invocationBytesMax)
  return over < 0 ? records : records.slice(0, Math.max(1, over))
}

function shardOf(key: Item): number {
  const [partition] = Object.values(key)
  const hash = createHash('sha256').update(JSON.stringify(partition)).digest()
  return hash.readUInt32BE(0) % streamShards
}
