// Reads: done by dynalite, metered, and turned away when the partition gave all it can.
import { isObject, type JsonAnswer, type JsonObject } from '../json-server'
import type { Item, KeySchema } from './items'
import { staleMsMax } from './limits'
import type { Replica } from './replica'
import { noSuchTable, throttled, type OperationsParts } from './answers'

export type Reads = {
  getItem(body: JsonObject): Promise<JsonAnswer>
  query(body: JsonObject): Promise<JsonAnswer>
  batchGetItem(body: JsonObject): Promise<JsonAnswer>
}

export function createReads(parts: OperationsParts): Reads {
  const { storage, units } = parts

  async function read(
    operation: 'GetItem' | 'Query',
    body: JsonObject,
    partitionOf: (schema: KeySchema) => unknown
  ): Promise<JsonAnswer> {
    const replica = parts.replicaOf(String(body['TableName']))
    if (replica === null) return noSuchTable()
    const partition = JSON.stringify(partitionOf(replica.definition.schema))
    if (replica.reads(partition).isEmpty()) return throttled(units, 'Read')
    const answer = await storage.call(operation, { ...body, ReturnConsumedCapacity: 'TOTAL' })
    const used = capacityOf(answer.body['ConsumedCapacity'])
    units.reads += used
    replica.reads(partition).spend(used)
    return withoutCapacity(body, aged(body, answer, replica))
  }

  /** An eventually consistent read may miss the last write of any item. */
  function aged(asked: JsonObject, answer: JsonAnswer, replica: Replica): JsonAnswer {
    if (asked['ConsistentRead'] === true || asked['ProjectionExpression'] !== undefined)
      return answer
    const older = (item: unknown): Item[] => {
      if (!isObject(item)) return []
      if (parts.chance() >= parts.staleShare) return [item]
      const image = replica.olderImageOf(item, staleMsMax)
      return image === null ? [] : [image]
    }
    const { Item: one, Items: all, ...rest } = answer.body
    if (isObject(one)) {
      const [item] = older(one)
      return { ...answer, body: item === undefined ? rest : { ...rest, Item: item } }
    }
    if (!Array.isArray(all)) return answer
    const items = all.flatMap(older)
    return { ...answer, body: { ...rest, Items: items, Count: items.length } }
  }

  return {
    getItem: (body) => read('GetItem', body, ({ pk }) => fieldOf(body['Key'], pk)),
    query: (body) => read('Query', body, ({ pk }) => queriedPartition(body, pk)),
    async batchGetItem(body) {
      const asked = body['RequestItems']
      if (!isObject(asked)) return storage.call('BatchGetItem', body)
      if (Object.keys(asked).some((name) => parts.replicaOf(name) === null)) return noSuchTable()
      const { now, later } = splitKeys(asked, () => parts.chance() < parts.unprocessedShare)
      const answer = await storage.call('BatchGetItem', {
        ...{ ...body, RequestItems: now, ReturnConsumedCapacity: 'TOTAL' }
      })
      if (answer.status !== 200) return answer
      units.reads += capacityOf(answer.body['ConsumedCapacity'])
      const left = answer.body['UnprocessedKeys']
      const unprocessed = { ...later, ...(isObject(left) ? left : {}) }
      const { status, body: answered } = withoutCapacity(body, answer)
      return { status, body: { ...answered, UnprocessedKeys: unprocessed } }
    }
  }
}

/** Hands the last key of a table back undone where `isLate` says so; at least one key is done. */
function splitKeys(
  asked: JsonObject,
  isLate: () => boolean
): { now: JsonObject; later: JsonObject } {
  const now: Record<string, unknown> = {}
  const later: Record<string, unknown> = {}
  for (const [table, of] of Object.entries(asked)) {
    const keys: readonly unknown[] = isObject(of) && Array.isArray(of['Keys']) ? of['Keys'] : []
    now[table] = of
    if (keys.length < 2 || !isObject(of) || !isLate()) continue
    now[table] = { ...of, Keys: keys.slice(0, -1) }
    later[table] = { ...of, Keys: keys.slice(-1) }
  }
  return { now, later }
}

function capacityOf(consumed: unknown): number {
  const all: readonly unknown[] = Array.isArray(consumed) ? consumed : [consumed]
  return all.reduce<number>((sum, one) => sum + Number(fieldOf(one, 'CapacityUnits') ?? 0), 0)
}

function withoutCapacity(asked: JsonObject, { status, body }: JsonAnswer): JsonAnswer {
  if ((asked['ReturnConsumedCapacity'] ?? 'NONE') !== 'NONE') return { status, body }
  const { ConsumedCapacity: _, ...rest } = body
  return { status, body: rest }
}

/** The value that a query's key condition asks of the partition key. */
function queriedPartition(body: JsonObject, pk: string): unknown {
  const conditions = String(body['KeyConditionExpression']).matchAll(/([#\w]+)\s*=\s*(:\w+)/g)
  for (const [, name = '', value = ''] of conditions) {
    const meant = fieldOf(body['ExpressionAttributeNames'], name) ?? name
    if (meant === pk) return fieldOf(body['ExpressionAttributeValues'], value)
  }
  return null
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
