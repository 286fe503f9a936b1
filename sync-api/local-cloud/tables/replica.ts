// One region's replica of one table: what it holds, the stamp of each item, and how a change of another region comes in.
import type { Activity } from '../activity'
import type { LocalTime } from '../time'
import type { JsonAnswer, JsonObject } from '../json-server'
import { createExpiry } from './expiry'
import { isSameItem, keyOf, keyText, partitionText, writeUnitsOf } from './items'
import type { Item, KeySchema } from './items'
import { partitionReadsPerSecond, partitionWritesPerSecond } from './limits'
import { createLocks } from './locks'
import type { Storage } from './storage'
import { createStream, type Stream } from './stream'
import { createThroughput, type Throughput } from './throughput'
import type { Units } from './units'

export type TableDefinition = {
  readonly name: string
  readonly schema: KeySchema
  /** Whether it has a replica in every region; else each region has a table of its own. */
  readonly isGlobal: boolean
  /** The attribute with the second in which an item expires; null when none does. */
  readonly ttl: string | null
}

/** When an item was written, by its region's clock; of two, the later one stays. */
export type Stamp = { readonly at: number; readonly region: string }

/** What one item is now; `image` is null when it was deleted. */
export type Change = {
  readonly table: string
  readonly id: string
  readonly key: Item
  readonly image: Item | null
  readonly stamp: Stamp
}

export type ReplicaParts = {
  readonly region: string
  readonly definition: TableDefinition
  readonly storage: Storage
  readonly time: LocalTime
  readonly activity: Activity
  readonly skewMs: number
  readonly units: Units
  readonly ttlLateMs: () => number
  /** Called with each change that was made here. */
  readonly replicate: (change: Change) => void
}

export type Replica = {
  readonly definition: TableDefinition
  readonly stream: Stream
  readonly reads: Throughput
  /** Takes what writing an item costs its partition; false when that has nothing left. */
  reserve(item: Item, image: Item | null): boolean
  /** All that it knows of, deleted items too. */
  changes(): readonly Change[]
  imageOf(id: string): Item | null
  /** What was there before a write of the last `ms`; else what is there. */
  olderImageOf(item: Item, ms: number): Item | null
  /** Runs `attempt`, which writes these items here, and settles what came of it unless it failed. */
  write(
    keys: readonly Item[],
    attempt: () => Promise<JsonAnswer>,
    after: (answered: JsonObject) => readonly (Item | null)[]
  ): Promise<JsonAnswer>
  /** Takes a change of another region in, or an older one not; `throttled` means: later. */
  take(change: Change): Promise<'done' | 'throttled'>
  stop(): void
}

export function createReplica(parts: ReplicaParts): Replica {
  const { region, definition, storage, time, units } = parts
  const { name, schema } = definition
  const cells = new Map<string, Cell>()
  const reads = createThroughput(time, partitionReadsPerSecond)
  const writes = createThroughput(time, partitionWritesPerSecond)
  const locks = createLocks()
  const stream = createStream(region, name, time)
  const expiry = createExpiry(definition.ttl, time, parts.activity, parts.ttlLateMs, (key) =>
    expire(key)
  )
  const imageOf = (id: string): Item | null => cells.get(id)?.image ?? null

  /** Later than what was here, whatever the clock says: a region never loses against itself. */
  function nextStamp(id: string): Stamp {
    const before = cells.get(id)?.stamp.at ?? 0
    return { at: Math.max(time.now() + parts.skewMs, before + 1), region }
  }

  function settle(change: Change, byTtl: boolean): void {
    const { id, key, image } = change
    const before = imageOf(id)
    cells.set(id, { ...change, before, settledAt: time.now() })
    expiry.set(id, key, image)
    if (!isSameItem(before, image)) stream.add({ key, before, after: image, byTtl })
  }

  function settleLocal(item: Item, image: Item | null, byTtl: boolean): void {
    const id = keyText(item, schema)
    if (image === null && imageOf(id) === null) return
    const key = keyOf(item, schema)
    const change = { table: name, id, key, image, stamp: nextStamp(id) }
    settle(change, byTtl)
    parts.replicate(change)
  }

  function unitsOf(item: Item, image: Item | null): number {
    return Math.max(writeUnitsOf(imageOf(keyText(item, schema))), writeUnitsOf(image))
  }

  /** Taken before the write is made: what goes on at once must not slip through together. */
  function reserve(item: Item, image: Item | null): boolean {
    return writes(partitionText(item, schema)).take(unitsOf(item, image))
  }

  function expire(key: Item): Promise<void> {
    const id = keyText(key, schema)
    return locks.hold([id], async () => {
      const image = imageOf(id)
      if (image === null || !expiry.isDue(image)) return
      await putOrDelete(storage, name, key, null)
      settleLocal(key, null, true)
    })
  }

  return {
    definition,
    stream,
    reads,
    reserve,
    changes: () =>
      [...cells.values()].map(({ id, key, image, stamp }) => ({
        table: name,
        id,
        key,
        image,
        stamp
      })),
    imageOf,
    olderImageOf(item, ms) {
      const cell = cells.get(keyText(item, schema))
      if (cell === undefined) return null
      return time.now() - cell.settledAt <= ms ? cell.before : cell.image
    },
    write(keys, attempt, after) {
      const ids = [...new Set(keys.map((key) => keyText(key, schema)))]
      return locks.hold(ids, async () => {
        const answer = await attempt()
        const isDone = answer.status === 200
        // A condition that fails costs what the write would have; what is malformed costs nothing.
        if (!isDone && !isConditionFailed(answer)) return answer
        const images = isDone ? after(answer.body) : []
        keys.forEach((key, at) => {
          units.writes += unitsOf(key, images[at] ?? null)
          if (isDone) settleLocal(key, images[at] ?? null, false)
        })
        return answer
      })
    },
    take: (change) =>
      locks.hold([change.id], async () => {
        const { key, image } = change
        if (!isLater(change.stamp, cells.get(change.id)?.stamp)) return 'done'
        if (!reserve(key, image)) return 'throttled'
        units.replicatedWrites += unitsOf(key, image)
        await putOrDelete(storage, name, key, image)
        settle(change, false)
        return 'done'
      }),
    stop: expiry.stop
  }
}

/** What is known of an item, and what a read that lags behind still sees. */
type Cell = Change & { readonly before: Item | null; readonly settledAt: number }

/** Whether an answer says that the write's condition does not hold. */
export function isConditionFailed({ body }: JsonAnswer): boolean {
  return String(body['__type']).endsWith('#ConditionalCheckFailedException')
}

/** Both regions judge alike, also about equal times. */
function isLater(one: Stamp, other: Stamp | undefined): boolean {
  if (other === undefined) return true
  return one.at > other.at || (one.at === other.at && one.region > other.region)
}

async function putOrDelete(
  storage: Storage,
  table: string,
  key: Item,
  image: Item | null
): Promise<void> {
  const { status, body } =
    image === null
      ? await storage.call('DeleteItem', { TableName: table, Key: key })
      : await storage.call('PutItem', { TableName: table, Item: image })
  if (status !== 200) throw new Error(`A replica took no change: ${JSON.stringify(body)}`)
}
