// The replica of the global table in one region, by DynamoDB. No transactions and nothing that expires: neither keeps across
// regions. Every read is strongly consistent, which here means: of this region.
import { allOf } from '../../core/all-of'
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type PutItemCommandInput
} from '@aws-sdk/client-dynamodb'
import { throttledPauseMs, throttledTriesMax } from './limits'
import { keyOf, writeAll, type Item, type ItemsParts } from './items'
import type { Row, Table } from './table'

export function createDynamoTable(parts: ItemsParts): Table {
  const { client, name, pause } = parts

  /** False where the condition does not hold, also when it was this very put that was answered before and the answer got lost. */
  async function put(input: Omit<PutItemCommandInput, 'TableName'>): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        await client.send(new PutItemCommand({ TableName: name, ...input }))
        return true
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return false
        if (!isThrottled(cause) || tries === throttledTriesMax) throw cause
        // A partition takes so much a second: whoever waits for its answer sends more in one piece meanwhile.
        await pause(throttledPauseMs)
      }
    }
  }

  async function get(pk: string, sk: string): Promise<Row | null> {
    const Key = keyOf(pk, sk)
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key, ConsistentRead: true })
    )
    return Item === undefined ? null : rowOf(Item)
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
      const rows = await allOf(sks.map((sk) => get(pk, sk)))
      return rows.filter((row) => row !== null)
    },

    async remove(pk, sks) {
      await writeAll(
        parts,
        sks.map((sk) => ({ DeleteRequest: { Key: keyOf(pk, sk) } }))
      )
    }
  }
}

function isThrottled(cause: unknown): boolean {
  return cause instanceof Error && throttles.has(cause.name)
}

const throttles = new Set(['ThrottlingException', 'ProvisionedThroughputExceededException'])

/** Before every character of a key: nothing lies between a key and the key with this behind it. */
const next = '!'

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
