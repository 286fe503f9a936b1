// The replica of the global table in one region, by DynamoDB. No transactions and nothing that expires: neither keeps across
// regions. Every read is strongly consistent, which here means: of this region.
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
  type PutItemCommandInput,
  type WriteRequest
} from '@aws-sdk/client-dynamodb'
import { removalsMax, removalPauseMs, removalTriesMax } from './limits'
import type { Row, Table } from './table'

type Item = Record<string, AttributeValue>

export type DynamoTableParts = {
  readonly client: DynamoDBClient
  readonly name: string
  /** Resolves after so many ms. */
  readonly pause: (ms: number) => Promise<void>
}

export function createDynamoTable({ client, name, pause }: DynamoTableParts): Table {
  /** False where the condition does not hold, also when it was this very put that was answered before and the answer got lost. */
  async function put(input: Omit<PutItemCommandInput, 'TableName'>): Promise<boolean> {
    try {
      await client.send(new PutItemCommand({ TableName: name, ...input }))
      return true
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return false
      throw cause
    }
  }

  async function get(pk: string, sk: string): Promise<Row | null> {
    const Key = keyOf(pk, sk)
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key, ConsistentRead: true })
    )
    return Item === undefined ? null : rowOf(Item)
  }

  async function remove(requests: readonly WriteRequest[]): Promise<void> {
    let left = [...requests]
    for (let tries = 1; left.length > 0; tries++) {
      const answer = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [name]: left } })
      )
      left = answer.UnprocessedItems?.[name] ?? []
      if (left.length === 0) return
      if (tries === removalTriesMax) throw new Error(`${left.length} rows could not be removed`)
      await pause(removalPauseMs * 2 ** tries)
    }
  }

  return {
    putNew: (row) => put({ Item: itemOf(row), ConditionExpression: 'attribute_not_exists(sk)' }),

    putNext(row) {
      const { revision } = row
      if (revision === 1) {
        return put({ Item: itemOf(row), ConditionExpression: 'attribute_not_exists(sk)' })
      }
      return put({
        Item: itemOf(row),
        ConditionExpression: 'v = :before',
        ExpressionAttributeValues: { ':before': { N: String(revision - 1) } }
      })
    },

    async read(pk, { after, upTo }) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: name,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :upTo',
          ExpressionAttributeValues: {
            ':pk': { S: pk },
            ':from': { S: `${after}${next}` },
            ':upTo': { S: upTo }
          }
        })
      )
      return { rows: Items.map(rowOf), more: LastEvaluatedKey !== undefined }
    },

    async get(pk, sks) {
      const rows = await Promise.all(sks.map((sk) => get(pk, sk)))
      return rows.filter((row) => row !== null)
    },

    async remove(pk, sks) {
      const requests = sks.map((sk) => ({ DeleteRequest: { Key: keyOf(pk, sk) } }))
      for (let from = 0; from < requests.length; from += removalsMax) {
        await remove(requests.slice(from, from + removalsMax))
      }
    }
  }
}

/** Before every character of a key: nothing lies between a key and the key with this behind it. */
const next = '!'

function keyOf(pk: string, sk: string): Item {
  return { pk: { S: pk }, sk: { S: sk } }
}

// Short names: they count into what is stored and paid for.
function itemOf({ pk, sk, body, region, at, revision }: Row): Item {
  const item = { ...keyOf(pk, sk), b: { B: body }, r: { S: region }, t: { N: String(at) } }
  return revision === null ? item : { ...item, v: { N: String(revision) } }
}

/** A row as DynamoDB gives it, also in a stream. Throws on what no log wrote. */
export function rowOf({ pk, sk, b, r, t, v }: Item): Row {
  const [partition, sort, body, region] = [pk?.S, sk?.S, b?.B, r?.S]
  const at = Number(t?.N)
  const revision = v?.N === undefined ? null : Number(v.N)
  if (partition === undefined || sort === undefined || body === undefined || region === undefined) {
    throw new Error(`The log is damaged at ${partition ?? '?'} ${sort ?? '?'}: it is no row`)
  }
  if (!Number.isSafeInteger(at) || (revision !== null && !Number.isSafeInteger(revision))) {
    throw new Error(`The log is damaged at ${partition} ${sort}: a number is none`)
  }
  return { pk: partition, sk: sort, body, region, at, revision }
}
