// One region's tables answer the real SDK client as DynamoDB does: its limits, its refusals, its failures.
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf, east, log, openTables, valueOf, west, type TablesBed } from './tables-bed'

let bed: TablesBed

beforeAll(async () => {
  bed = await openTables()
})

afterAll(() => bed.stop())

const keyOf = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } })

const put = (pk: string, sk: string, bytes: number) =>
  bed.client(east).send(
    new PutItemCommand({
      TableName: log,
      Item: { ...keyOf(pk, sk), u: { B: new Uint8Array(bytes) } }
    })
  )

/** What is left of a throttled partition comes back. */
const breathe = (): Promise<void> => bed.time.advance(1_000)

describe('a write', () => {
  test('whose condition fails says so, and returns the item that is there when asked', async () => {
    await put('condition', 'a', 3)
    const asked = {
      TableName: log,
      Item: keyOf('condition', 'a'),
      ConditionExpression: 'attribute_not_exists(sk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD'
    } as const
    const failure: unknown = await bed
      .client(east)
      .send(new PutItemCommand(asked))
      .catch((cause: unknown) => cause)
    expect(failure).toBeInstanceOf(ConditionalCheckFailedException)
    expect(failure).toMatchObject({ Item: { u: { B: new Uint8Array(3) } } })
  })

  test('above 400 KB is refused', async () => {
    await expect(put('size', 'a', 400 * 1024)).rejects.toThrow(/Item size/)
    await put('size', 'a', 400 * 1024 - 100)
  })

  test('of an update returns the item before or after it', async () => {
    const update = (value: string, returned: 'ALL_OLD' | 'ALL_NEW' | 'NONE') =>
      bed.client(east).send(
        new UpdateItemCommand({
          ...{ TableName: log, Key: keyOf('update', 'a'), ReturnValues: returned },
          UpdateExpression: 'SET v = :v',
          ExpressionAttributeValues: { ':v': { N: value } }
        })
      )
    expect((await update('1', 'NONE')).Attributes).toBeUndefined()
    expect((await update('2', 'ALL_OLD')).Attributes).toMatchObject({ v: { N: '1' } })
    expect((await update('3', 'ALL_NEW')).Attributes).toMatchObject({ v: { N: '3' } })
  })

  test('that asks for updated attributes alone is refused: the stand-in does not make them', async () => {
    const asked = new UpdateItemCommand({
      ...{ TableName: log, Key: keyOf('update', 'b'), ReturnValues: 'UPDATED_NEW' },
      UpdateExpression: 'SET v = :v',
      ExpressionAttributeValues: { ':v': { N: '1' } }
    })
    await expect(bed.client(east).send(asked)).rejects.toThrow(/updated attributes/)
  })

  test('of a deletion returns what was there', async () => {
    await put('deletion', 'a', 3)
    const asked = { TableName: log, Key: keyOf('deletion', 'a'), ReturnValues: 'ALL_OLD' } as const
    const { Attributes } = await bed.client(east).send(new DeleteItemCommand(asked))
    expect(Attributes?.['u']?.B).toEqual(new Uint8Array(3))
  })
})

describe('a query', () => {
  test('gives at most 1 MB a page, in ascending order', async () => {
    for (const sk of ['3', '1', '5', '2', '4', '6']) {
      await put('pages', sk, 300 * 1024)
      await breathe()
    }
    const asked = {
      ...{ TableName: log, ConsistentRead: true },
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'pages' } }
    }
    const first = await bed.client(east).send(new QueryCommand(asked))
    expect(first.Items?.map(({ sk }) => sk?.S)).toEqual(['1', '2', '3', '4'])
    const more = { ...asked, ExclusiveStartKey: first.LastEvaluatedKey }
    const second = await bed.client(east).send(new QueryCommand(more))
    expect(second.Items?.map(({ sk }) => sk?.S)).toEqual(['5', '6'])
    expect(second.LastEvaluatedKey).toBeUndefined()
  })
})

describe('a read', () => {
  test('that is not strongly consistent may miss the last write of a second, and a strong one never', async () => {
    const own = await openTables({ staleShare: 1 })
    const client = own.client(east)
    const write = (value: string) => own.put(east, 'a', value)
    const asked = {
      TableName: log,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'D#1' } }
    }
    const read = async (ConsistentRead: boolean): Promise<unknown> => {
      const { Items } = await client.send(new QueryCommand({ ...asked, ConsistentRead }))
      return Items?.map(valueOf)
    }
    await write('1')
    expect([await read(false), await read(true)]).toEqual([[], ['1']])
    await own.time.advance(2_000)
    await write('2')
    expect([await read(false), await read(true)]).toEqual([['1'], ['2']])
    await own.time.advance(2_000)
    expect(await read(false)).toEqual(['2'])
    await own.stop()
  })
})

describe('a batch', () => {
  const requestsOf = (pk: string, count: number) => ({
    [log]: Array.from({ length: count }, (_, at) => ({
      PutRequest: { Item: keyOf(pk, String(at)) }
    }))
  })

  test('writes at most 25 items', async () => {
    const send = (count: number) =>
      bed.client(east).send(new BatchWriteItemCommand({ RequestItems: requestsOf('batch', count) }))
    await expect(send(26)).rejects.toThrow(/25/)
    expect((await send(25)).UnprocessedItems).toEqual({})
    expect(bed.tables.region(east).items(log)).toContainEqual(keyOf('batch', '24'))
  })

  test('is refused when an item stands in it twice', async () => {
    const [one] = requestsOf('twice', 1)[log] ?? []
    const asked = new BatchWriteItemCommand({ RequestItems: { [log]: [one!, one!] } })
    await expect(bed.client(east).send(asked)).rejects.toThrow(/duplicates/)
  })

  test('may hand back parts that were not done, of writes and of reads', async () => {
    const torn = await openTables({ unprocessedShare: 1 })
    const client = torn.client(east)
    const written = await client.send(
      new BatchWriteItemCommand({ RequestItems: requestsOf('torn', 3) })
    )
    expect(written.UnprocessedItems?.[log]).toHaveLength(2)
    expect(torn.tables.region(east).items(log)).toEqual([keyOf('torn', '0')])
    const Keys = [keyOf('torn', '1'), keyOf('torn', '0')]
    const read = await client.send(new BatchGetItemCommand({ RequestItems: { [log]: { Keys } } }))
    expect(read.UnprocessedKeys?.[log]?.Keys).toEqual([keyOf('torn', '0')])
    expect(read.Responses?.[log]).toEqual([])
    await torn.stop()
  })

  test('hands back what its partition cannot take', async () => {
    await put('full', 'a', 399 * 1024)
    await put('full', 'b', 399 * 1024)
    await put('full', 'c', 399 * 1024)
    const [one] = requestsOf('full', 1)[log] ?? []
    const [other] = requestsOf('empty', 1)[log] ?? []
    const asked = new BatchWriteItemCommand({ RequestItems: { [log]: [one!, other!] } })
    const { UnprocessedItems } = await bed.client(east).send(asked)
    expect(UnprocessedItems?.[log]).toHaveLength(1)
  })
})

describe('a partition', () => {
  test('takes 1,000 write units a second', async () => {
    for (let at = 0; at < 3; at += 1) await put('hot', `${at}`, 399 * 1024)
    await expect(put('hot', 'more', 1)).rejects.toMatchObject({
      name: 'ThrottlingException',
      ThrottlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded' }]
    })
    await put('cold', 'a', 1)
    await breathe()
    await put('hot', 'more', 1)
  })

  test('gives 3,000 read units a second, half as many for a read that may be old', async () => {
    await put('read', 'a', 399 * 1024)
    const read = (ConsistentRead: boolean) =>
      bed
        .client(east)
        .send(new GetItemCommand({ TableName: log, Key: keyOf('read', 'a'), ConsistentRead }))
    for (let at = 0; at < 30; at += 1) await read(true)
    await expect(read(true)).rejects.toMatchObject({ name: 'ThrottlingException' })
    await breathe()
    const { units } = bed.tables.region(east)
    const before = units.reads
    await read(false)
    expect(units.reads - before).toBe(50)
  })

  test('is metered by queries too', async () => {
    await put('queried', 'a', 399 * 1024)
    const asked = {
      ...{ TableName: log, ConsistentRead: true },
      KeyConditionExpression: '#p = :p AND sk < :s',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':p': { S: 'queried' }, ':s': { S: 'b' } }
    }
    const query = () => bed.client(east).send(new QueryCommand(asked))
    for (let at = 0; at < 30; at += 1) await query()
    await expect(query()).rejects.toMatchObject({ name: 'ThrottlingException' })
  })
})

describe('what a region is billed for', () => {
  test('is a write unit a KB here and in each other region, and a read unit 4 KB', async () => {
    const own = await openTables()
    const { units } = own.tables.region(east)
    const Item = { ...keyOf('bill', 'a'), u: { B: new Uint8Array(2_000) } }
    await own.client(east).send(new PutItemCommand({ TableName: log, Item }))
    await own
      .client(east)
      .send(new GetItemCommand({ TableName: log, Key: keyOf('bill', 'a'), ConsistentRead: true }))
    await own.time.advance(2_000)
    expect(units).toMatchObject({ writes: 2, reads: 1, replicatedWrites: 0, calls: 2 })
    expect(own.tables.region(west).units).toMatchObject({ writes: 0, replicatedWrites: 2 })
    await own.stop()
  })

  test('includes writes whose condition fails', async () => {
    const { units } = bed.tables.region(east)
    await put('billed', 'a', 3_000)
    const before = units.writes
    const Item = keyOf('billed', 'a')
    const asked = { TableName: log, Item, ConditionExpression: 'attribute_not_exists(sk)' }
    await expect(bed.client(east).send(new PutItemCommand(asked))).rejects.toThrow(/condition/)
    expect(units.writes - before).toBe(3)
  })
})

describe('what the design does not use', () => {
  test('is refused: transactions', async () => {
    const Put = { TableName: log, Item: keyOf('transaction', 'a') }
    const asked = new TransactWriteItemsCommand({ TransactItems: [{ Put }] })
    await expect(bed.client(east).send(asked)).rejects.toThrow(/not replicated as a unit/)
  })

  test('is refused: reading a whole table', async () => {
    const asked = new ScanCommand({ TableName: log })
    await expect(bed.client(east).send(asked)).rejects.toThrow(/no whole table/)
  })

  test('is refused: a table that is not there', async () => {
    const asked = new GetItemCommand({ TableName: 'other', Key: keyOf('a', 'b') })
    await expect(bed.client(east).send(asked)).rejects.toMatchObject({
      name: 'ResourceNotFoundException'
    })
  })

  test('is refused: a client of another region', async () => {
    const client = clientOf(bed.tables, east, west)
    const asked = new GetItemCommand({ TableName: log, Key: keyOf('a', 'b') })
    await expect(client.send(asked)).rejects.toThrow(/should be scoped to us-east-1/)
  })
})
