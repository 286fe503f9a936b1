// The stream of each replica, and how it is handed to a function: as DynamoDB Streams and Lambda's event source mapping do.
import { afterEach, describe, expect, test } from 'vitest'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { StreamEvent } from '../../sync-api/local-cloud/tables/event-source'
import { east, log, openTables, south, west, type TablesBed } from './tables-bed'

let bed: TablesBed

afterEach(() => bed.stop())

type Told = { readonly name: string; readonly value: string | undefined }

/** A function that takes all and remembers what each batch had. */
function collector(): { batches: Told[][]; consumer: (event: StreamEvent) => Promise<void> } {
  const batches: Told[][] = []
  return {
    batches,
    consumer: async (event) => void batches.push(toldBy(event))
  }
}

function toldBy({ Records }: StreamEvent): Told[] {
  return Records.map(({ eventName, dynamodb }) => {
    const image = (dynamodb.NewImage ?? dynamodb.OldImage)?.['u'] as { S: string } | undefined
    return { name: eventName, value: image?.S }
  })
}

const values = (batches: readonly Told[][]): unknown[] =>
  batches.map((batch) => batch.map(({ value }) => value))

const numbersOf = ({ Records }: StreamEvent): string[] =>
  Records.map(({ dynamodb }) => dynamodb.SequenceNumber)

describe('the stream of a replica', () => {
  test('tells of local and of replicated writes, each with its own region', async () => {
    const { put, time, connect } = (bed = await openTables())
    const told: string[] = []
    for (const region of [east, west, south]) {
      connect(region, async ({ Records }) => {
        told.push(...Records.map(({ awsRegion, eventName }) => `${awsRegion} ${eventName}`))
      })
    }
    await put(east, 'a', '1')
    await time.advance(5_000)
    expect(told).toEqual([`${east} INSERT`, `${west} INSERT`, `${south} INSERT`])
  })

  test('has both images, and names what happened', async () => {
    const { put, remove, time, connect } = (bed = await openTables())
    const records: unknown[] = []
    connect(east, async (event) => {
      for (const { eventName, dynamodb } of event.Records) {
        records.push([eventName, dynamodb.OldImage?.['u'], dynamodb.NewImage?.['u']])
      }
    })
    await put(east, 'a', '1')
    await put(east, 'a', '2')
    await remove(east, 'a')
    await time.advance(1_000)
    expect(records).toEqual([
      ['INSERT', undefined, { S: '1' }],
      ['MODIFY', { S: '1' }, { S: '2' }],
      ['REMOVE', { S: '2' }, undefined]
    ])
  })

  test('says nothing of a write that changes nothing, nor of a deletion of what is not there', async () => {
    const { put, remove, time, connect } = (bed = await openTables())
    const { batches, consumer } = collector()
    connect(east, consumer)
    await put(east, 'a', '1')
    await put(east, 'a', '1')
    await remove(east, 'b')
    await time.advance(5_000)
    expect(values(batches)).toEqual([['1']])
  })

  test('is looked at four times a second', async () => {
    const { put, time, connect } = (bed = await openTables())
    const { batches, consumer } = collector()
    connect(east, consumer)
    await put(east, 'a', '1')
    await time.advance(249)
    expect(batches).toEqual([])
    await time.advance(1)
    expect(values(batches)).toEqual([['1']])
  })
})

describe('an event source mapping', () => {
  test('hands over at most its batch size, in order', async () => {
    const { put, time, connect } = (bed = await openTables())
    const { batches, consumer } = collector()
    connect(east, consumer, { batchSize: 2 })
    for (const value of ['1', '2', '3']) await put(east, value, value)
    await time.advance(1_000)
    expect(values(batches)).toEqual([['1', '2'], ['3']])
  })

  test('hands over at most 6 MB at once', async () => {
    const { client, time, connect } = (bed = await openTables())
    let isFailing = true
    const sizes: number[] = []
    connect(east, async (event) => {
      if (isFailing) throw new Error('planted')
      sizes.push(JSON.stringify(event).length)
    })
    for (let at = 0; at < 20; at += 1) {
      const Item = { pk: { S: 'D#1' }, sk: { S: `${at}` }, u: { B: new Uint8Array(350 * 1024) } }
      await client(east).send(new PutItemCommand({ TableName: log, Item }))
      await time.advance(400)
    }
    isFailing = false
    await time.advance(10_000)
    expect(sizes.length).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeGreaterThan(4 * 1024 * 1024)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024)
  })

  test('tries a failed batch again, and nothing behind it meanwhile', async () => {
    const { put, time, connect } = (bed = await openTables())
    let failures = 2
    const { batches, consumer } = collector()
    connect(east, async (event) => {
      await consumer(event)
      if (failures-- > 0) throw new Error('planted')
    })
    await put(east, 'a', '1')
    await time.advance(250)
    await put(east, 'b', '2')
    await time.advance(10_000)
    expect(values(batches)).toEqual([['1'], ['1'], ['1'], ['2']])
  })

  test('without a limit of retries is blocked by a poisoned record, in its shard alone', async () => {
    const { client, put, time, connect } = (bed = await openTables())
    const told: unknown[] = []
    connect(east, async (event) => {
      if (toldBy(event).some(({ value }) => value === 'poison')) throw new Error('planted')
      told.push(...toldBy(event).map(({ value }) => value))
    })
    await put(east, 'a', 'poison')
    for (let at = 0; at < 20; at += 1) {
      const Item = { pk: { S: `D#other${at}` }, sk: { S: 'a' }, u: { S: `${at}` } }
      await client(east).send(new PutItemCommand({ TableName: log, Item }))
    }
    await put(east, 'b', 'behind it')
    await time.advance(60_000)
    expect(told).not.toContain('behind it')
    expect(told.length).toBeGreaterThan(0)
  })

  test('discards the whole batch after its retries, and says where it was', async () => {
    const { put, time, connect } = (bed = await openTables())
    const tries: unknown[] = []
    const discarded = connect(
      east,
      async (event) => {
        tries.push(numbersOf(event).length)
        throw new Error('planted')
      },
      { retriesMax: 2 }
    )
    for (const value of ['1', '2', '3']) await put(east, value, value)
    await time.advance(60_000)
    expect(tries).toEqual([3, 3, 3])
    expect(discarded).toMatchObject([{ condition: 'RetryAttemptsExhausted', batchSize: 3 }])
  })

  test('finds a poisoned record by halves, and discards it alone', async () => {
    const { put, time, connect } = (bed = await openTables())
    const { batches, consumer } = collector()
    const discarded = connect(
      east,
      async (event) => {
        if (toldBy(event).some(({ value }) => value === '5')) throw new Error('planted')
        await consumer(event)
      },
      { retriesMax: 1, bisectOnError: true }
    )
    for (let at = 0; at < 8; at += 1) await put(east, `${at}`, `${at}`)
    await time.advance(60_000)
    expect(values(batches).flat()).toEqual(['0', '1', '2', '3', '4', '6', '7'])
    expect(discarded).toMatchObject([{ batchSize: 1 }])
  })

  test('goes on from the first record that is reported as failed', async () => {
    const { put, time, connect } = (bed = await openTables())
    const seen: number[] = []
    connect(east, async (event) => {
      seen.push(event.Records.length)
      const failed = seen.length === 1 ? numbersOf(event).slice(1, 3).toReversed() : []
      return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
    })
    for (const value of ['1', '2', '3', '4']) await put(east, value, value)
    await time.advance(10_000)
    expect(seen).toEqual([4, 3])
  })

  test('takes a report of an unknown record as a failure of the batch', async () => {
    const { put, time, connect } = (bed = await openTables())
    const seen: number[] = []
    connect(east, async (event) => {
      seen.push(event.Records.length)
      return { batchItemFailures: seen.length === 1 ? [{ itemIdentifier: '' }] : [] }
    })
    for (const value of ['1', '2']) await put(east, value, value)
    await time.advance(10_000)
    expect(seen).toEqual([2, 2])
  })

  test('discards records that are too old', async () => {
    const { put, time, connect } = (bed = await openTables())
    const fail = async (): Promise<void> => Promise.reject(new Error('planted'))
    const discarded = connect(east, fail, { ageMsMax: 60_000 })
    await put(east, 'a', '1')
    await time.advance(120_000)
    expect(discarded).toMatchObject([{ condition: 'RecordAgeExceeded', batchSize: 1 }])
  })

  test('may hand a batch over again although it was done', async () => {
    const { put, time, connect } = (bed = await openTables())
    const { batches, consumer } = collector()
    connect(east, consumer, { repeatShare: 1 })
    await put(east, 'a', '1')
    await time.advance(10_000)
    expect(values(batches)).toEqual([['1'], ['1']])
  })
})
