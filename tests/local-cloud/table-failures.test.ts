// How a region's tables fail, and what expires in them.
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, test } from 'vitest'
import type { Fault } from '../../sync-api/local-cloud/faults'
import { connectStream } from '../../sync-api/local-cloud/tables/event-source'
import { createActivity } from '../../sync-api/local-cloud/activity'
import { connections, east, openTables, west, type TablesBed } from './tables-bed'

let bed: TablesBed

afterEach(() => bed.stop())

async function failing(fault: Fault): Promise<TablesBed> {
  bed = await openTables()
  await bed.put(east, 'a', 'before')
  bed.tables.region(east).faults.set(fault)
  return bed
}

const heal = (): void => bed.tables.region(east).faults.set({ kind: 'none' })

describe('a region', () => {
  test('that refuses is back when the fault ends, and the others never noticed', async () => {
    const { put, read } = await failing({ kind: 'refuse' })
    await expect(put(east, 'a', '1')).rejects.toThrow()
    await put(west, 'b', '1')
    heal()
    expect(await read(east, 'a')).toBe('before')
  })

  test('that hangs never answers', async () => {
    const { client, read } = await failing({ kind: 'hang' })
    const asked = new GetItemCommand({ TableName: 'log', Key: { pk: { S: 'a' }, sk: { S: 'b' } } })
    const stop = new AbortController()
    const answer = client(east).send(asked, { abortSignal: stop.signal })
    await client(west).send(asked)
    stop.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    heal()
    expect(await read(east, 'a')).toBe('before')
  })

  test('that is slow answers when the clock says so', async () => {
    const { read, time } = await failing({ kind: 'slow', ms: 5_000 })
    let answered: string | null = null
    const reading = read(east, 'a').then((value) => (answered = value))
    await read(west, 'a')
    expect(answered).toBeNull()
    await expect.poll(() => time.advance(5_000).then(() => answered)).toBe('before')
    await reading
  })

  test('that throttles says so by the name of provisioned tables', async () => {
    const { put } = await failing({ kind: 'throttle' })
    await expect(put(east, 'a', '1')).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException'
    })
  })

  test('that is broken answers with a failure of its own', async () => {
    const { put } = await failing({ kind: 'error' })
    await expect(put(east, 'a', '1')).rejects.toMatchObject({ name: 'InternalServerError' })
  })

  test('that loses answers has done what it was asked', async () => {
    const { put, read } = await failing({ kind: 'lose-answers' })
    await expect(put(east, 'a', 'done')).rejects.toThrow()
    heal()
    expect(await read(east, 'a')).toBe('done')
  })
})

describe('a table of one region', () => {
  const put = async (region: string, sk: string, exp: number): Promise<void> => {
    const Item = { pk: { S: 'C#1' }, sk: { S: sk }, exp: { N: String(exp) } }
    await bed.client(region).send(new PutItemCommand({ TableName: connections, Item }))
  }
  const there = (region: string): number => bed.tables.region(region).items(connections).length

  test('is not in the others', async () => {
    bed = await openTables()
    await put(east, 'a', bed.time.now() / 1000 + 60)
    await bed.time.advance(30_000)
    expect([there(east), there(west)]).toEqual([1, 0])
  })

  test('loses items after they expired, late, and until then they are read', async () => {
    bed = await openTables({ ttlLateMs: () => 48 * 3_600_000 })
    await put(east, 'a', bed.time.now() / 1000 + 60)
    await bed.time.advance(24 * 3_600_000)
    const Key = { pk: { S: 'C#1' }, sk: { S: 'a' } }
    const asked = new GetItemCommand({ TableName: connections, Key })
    expect((await bed.client(east).send(asked)).Item).toBeDefined()
    await bed.time.advance(25 * 3_600_000)
    expect((await bed.client(east).send(asked)).Item).toBeUndefined()
  })

  test('keeps items whose end was moved, and those that ended more than five years ago', async () => {
    bed = await openTables()
    await put(east, 'moved', bed.time.now() / 1000 + 60)
    await put(east, 'moved', bed.time.now() / 1000 + 600)
    await put(east, 'old', bed.time.now() / 1000 - 6 * 365 * 86_400)
    await bed.time.advance(300_000)
    expect(there(east)).toBe(2)
    await bed.time.advance(301_000)
    expect(there(east)).toBe(1)
  })

  test('names the service in the records of what expired', async () => {
    bed = await openTables()
    const { time, tables } = bed
    const names: unknown[] = []
    const activity = createActivity()
    time.onStep(activity.rest)
    connectStream({
      stream: tables.region(east).stream(connections),
      consumer: async ({ Records }) => {
        names.push(...Records.map(({ userIdentity }) => userIdentity?.principalId))
      },
      ...{ batchSize: 10, bisectOnError: false, retriesMax: 0, ageMsMax: null, repeatShare: 0 },
      ...{ onFailure: () => undefined, onError: () => undefined, retryMs: () => 0 },
      ...{ time, chance: () => 0, activity }
    })
    await put(east, 'a', time.now() / 1000 + 60)
    await time.advance(120_000)
    expect(names).toEqual([undefined, 'dynamodb.amazonaws.com'])
  })
})
