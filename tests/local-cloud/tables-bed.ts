// Three regions of tables with a clock that stands still, and what a test does to them through the real SDK client.
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue
} from '@aws-sdk/client-dynamodb'
import { createActivity } from '../../sync-api/local-cloud/activity'
import {
  connectStream,
  type Discarded,
  type EventSourceParts
} from '../../sync-api/local-cloud/tables/event-source'
import {
  startTables,
  type Tables,
  type TablesParts
} from '../../sync-api/local-cloud/tables/global-tables'
import { createSeeded } from '../protocol/seeded'
import { createManualTime, type ManualTime } from './manual-time'

export const east = 'us-east-1'
export const west = 'eu-west-1'
export const south = 'ap-southeast-1'
export const regions = [east, west, south]

/** A global table, and one of each region's own whose items expire. */
export const log = 'log'
export const connections = 'connections'

const schema = { pk: 'pk', sk: 'sk' }

export type TablesBed = {
  readonly tables: Tables
  readonly time: ManualTime
  client(region: string): DynamoDBClient
  put(region: string, sk: string, value: string): Promise<void>
  remove(region: string, sk: string): Promise<void>
  /** The value of an item as a strong read in this region has it, or null. */
  read(region: string, sk: string): Promise<string | null>
  /** Connects a function to the log's stream in a region; answers what was discarded. */
  connect(
    region: string,
    consumer: EventSourceParts['consumer'],
    options?: Partial<EventSourceParts>
  ): Discarded[]
  stop(): Promise<void>
}

export async function openTables(options: Partial<TablesParts> = {}): Promise<TablesBed> {
  const time = createManualTime()
  const chance = seededChance(1)
  const tables = await startTables({
    regions,
    tables: [
      { name: log, schema, isGlobal: true, ttl: null },
      { name: connections, schema, isGlobal: false, ttl: 'exp' }
    ],
    ...{ time, chance, lagMs: () => 1_000, skewMs: () => 0 },
    ...{ coalesceShare: 0, unprocessedShare: 0, staleShare: 0, ttlLateMs: () => 0 },
    ...options
  })
  time.onStep(tables.rest)
  const clients = new Map(regions.map((region) => [region, clientOf(tables, region)]))
  const client = (region: string): DynamoDBClient => clients.get(region)!
  const activity = createActivity()
  time.onStep(activity.rest)
  const keyOf = (sk: string) => ({ pk: { S: 'D#1' }, sk: { S: sk } })

  return {
    tables,
    time,
    client,
    async put(region, sk, value) {
      const Item = { ...keyOf(sk), u: { S: value } }
      await client(region).send(new PutItemCommand({ TableName: log, Item }))
    },
    async remove(region, sk) {
      await client(region).send(new DeleteItemCommand({ TableName: log, Key: keyOf(sk) }))
    },
    async read(region, sk) {
      const asked = { TableName: log, Key: keyOf(sk), ConsistentRead: true }
      const { Item } = await client(region).send(new GetItemCommand(asked))
      return valueOf(Item)
    },
    connect(region, consumer, given) {
      const discarded: Discarded[] = []
      connectStream({
        stream: tables.region(region).stream(log),
        ...{ consumer, batchSize: 100, bisectOnError: false, retriesMax: null, ageMsMax: null },
        onFailure: (one) => discarded.push(one),
        ...{ onError: () => undefined, repeatShare: 0, retryMs: () => 1_000 },
        ...{ time, chance, activity },
        ...given
      })
      return discarded
    },
    async stop() {
      for (const one of clients.values()) one.destroy()
      await tables.stop()
    }
  }
}

export function valueOf(item: Record<string, AttributeValue> | undefined): string | null {
  return item?.['u']?.S ?? null
}

export function seededChance(seed: number): () => number {
  const { below } = createSeeded(seed)
  return () => below(2 ** 30) / 2 ** 30
}

export function clientOf(tables: Tables, region: string, scope: string = region): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: tables.region(region).endpoint,
    region: scope,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1
  })
}
