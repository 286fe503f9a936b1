// Items of DynamoDB: single attributes in and out, and rows in batches.
import {
  BatchWriteItemCommand,
  QueryCommand,
  type AttributeValue,
  type DynamoDBClient,
  type QueryCommandInput,
  type WriteRequest
} from '@aws-sdk/client-dynamodb'
import { batchPauseMs, batchRowsMax, batchTriesMax } from './limits'

export type Item = Record<string, AttributeValue>

export type ItemsParts = {
  readonly client: DynamoDBClient
  /** Of the table. */
  readonly name: string
  /** Resolves after so many ms. */
  readonly pause: (ms: number) => Promise<void>
}

export function keyOf(pk: string, sk: string): Item {
  return { pk: { S: pk }, sk: { S: sk } }
}

/**
 * Writes all of them, again where DynamoDB did not get to some. Rejects when some are left in the end, and where two of a batch
 * have one key.
 */
export async function writeAll(
  { client, name, pause }: ItemsParts,
  requests: readonly WriteRequest[]
): Promise<void> {
  for (let from = 0; from < requests.length; from += batchRowsMax) {
    let left = requests.slice(from, from + batchRowsMax)
    for (let tries = 1; left.length > 0; tries++) {
      const answer = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [name]: left } })
      )
      left = answer.UnprocessedItems?.[name] ?? []
      if (left.length === 0) break
      if (tries === batchTriesMax) throw new Error(`${left.length} rows could not be written`)
      await pause(batchPauseMs * 2 ** tries)
    }
  }
}

/** All items of a query, strongly consistent, page after page. */
export async function queryAll(
  { client, name }: ItemsParts,
  query: Omit<QueryCommandInput, 'TableName' | 'ConsistentRead'>
): Promise<readonly Item[]> {
  const items: Item[] = []
  let start: Item | undefined
  do {
    const page = await client.send(
      new QueryCommand({
        ...{ TableName: name, ConsistentRead: true },
        ...query,
        ...(start === undefined ? {} : { ExclusiveStartKey: start })
      })
    )
    items.push(...(page.Items ?? []))
    start = page.LastEvaluatedKey
  } while (start !== undefined)
  return items
}
