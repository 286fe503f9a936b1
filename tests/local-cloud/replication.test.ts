// A global table of the stand-in replicates as DynamoDB's does (MREC): late, unordered, and the last writer wins.
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, test } from 'vitest'
import type { TablesParts } from '../../sync-api/local-cloud/tables/global-tables'
import { machineTime } from '../../sync-api/local-cloud/time'
import { createSeeded } from '../protocol/seeded'
import { east, log, openTables, regions, seededChance, south, west } from './tables-bed'
import type { TablesBed } from './tables-bed'

let bed: TablesBed

const open = async (options?: Partial<TablesParts>): Promise<TablesBed> =>
  (bed = await openTables(options))

afterEach(() => bed.stop())

/** What every region holds, each as one text. */
function contents(): string[] {
  return regions.map((region) => JSON.stringify(bed.tables.region(region).items(log).map(sorted)))
}

function sorted(item: object): [string, unknown][] {
  return Object.entries(item).sort(([one], [other]) => one.localeCompare(other))
}

describe('an item of a global table', () => {
  test('is read strongly in its own region at once, and elsewhere only after the lag', async () => {
    const { put, read, time } = await open()
    await put(east, 'a', '1')
    expect(await read(east, 'a')).toBe('1')
    await time.advance(999)
    expect(await read(west, 'a')).toBeNull()
    await time.advance(1)
    expect([await read(west, 'a'), await read(south, 'a')]).toEqual(['1', '1'])
  })

  test('that two regions write ends everywhere as the later of the two, and nobody is told', async () => {
    const { put, read, time } = await open()
    await put(east, 'a', 'earlier')
    await time.advance(10)
    await put(west, 'a', 'later')
    await time.advance(5_000)
    for (const region of regions) expect(await read(region, 'a')).toBe('later')
  })

  test('of a region whose clock is ahead wins against a later write', async () => {
    const { put, read, time } = await open({ skewMs: (region) => (region === east ? 2_000 : 0) })
    await put(east, 'a', 'fast clock')
    await time.advance(500)
    await put(west, 'a', 'later')
    await time.advance(5_000)
    for (const region of regions) expect(await read(region, 'a')).toBe('fast clock')
  })

  test('that is written after another region’s value came in is the later one, with a slow clock too', async () => {
    const { put, read, time } = await open({ skewMs: (region) => (region === east ? 9_000 : 0) })
    await put(east, 'a', 'fast clock')
    await time.advance(1_000)
    await put(west, 'a', 'built on it')
    await time.advance(1_000)
    for (const region of regions) expect(await read(region, 'a')).toBe('built on it')
  })

  test('is put by two regions at once although both ask that it is not there', async () => {
    const { client, time, read } = await open()
    const Item = { pk: { S: 'D#1' }, sk: { S: 'a' } }
    const asked = { TableName: log, Item, ConditionExpression: 'attribute_not_exists(sk)' }
    await client(east).send(new PutItemCommand({ ...asked, Item: { ...Item, u: { S: 'one' } } }))
    await client(west).send(new PutItemCommand({ ...asked, Item: { ...Item, u: { S: 'two' } } }))
    await time.advance(5_000)
    expect(new Set(await Promise.all(regions.map((region) => read(region, 'a')))).size).toBe(1)
    await expect(client(south).send(new PutItemCommand(asked))).rejects.toThrow(/condition/)
  })

  test('that is deleted goes everywhere', async () => {
    const { put, remove, read, time } = await open()
    await put(east, 'a', '1')
    await time.advance(1_000)
    await remove(west, 'a')
    await time.advance(1_000)
    for (const region of regions) expect(await read(region, 'a')).toBeNull()
  })

  test('comes back when its deletion loses against a put with a faster clock', async () => {
    const { put, remove, read, time } = await open({
      skewMs: (region) => (region === east ? 2_000 : 0)
    })
    await put(west, 'a', 'old')
    await time.advance(1_000)
    await put(east, 'a', 'again')
    await time.advance(500)
    await remove(west, 'a')
    expect(await read(west, 'a')).toBeNull()
    await time.advance(5_000)
    for (const region of regions) expect(await read(region, 'a')).toBe('again')
  })
})

describe('several items of a global table', () => {
  test('arrive in another order than they were written in', async () => {
    const lags = [3_000, 3_000, 1_000, 1_000]
    const { put, read, time } = await open({ lagMs: () => lags.shift() ?? 1_000 })
    await put(east, 'first', '1')
    await put(east, 'second', '2')
    await time.advance(2_000)
    expect([await read(west, 'first'), await read(west, 'second')]).toEqual([null, '2'])
    await time.advance(2_000)
    expect(await read(west, 'first')).toBe('1')
  })

  test('that changed several times arrive as their last change alone, with all coalesced', async () => {
    const { put, time, connect } = await open({ coalesceShare: 1 })
    const seen: unknown[] = []
    connect(west, async ({ Records }) => {
      seen.push(...Records.map(({ dynamodb }) => dynamodb.NewImage?.['u']))
    })
    for (const value of ['1', '2', '3']) await put(east, 'a', value)
    await time.advance(5_000)
    expect(seen).toEqual([{ S: '3' }])
  })

  test('never go back in time each, whatever the lag', async () => {
    const chance = seededChance(7)
    const { put, time, connect } = await open({ lagMs: () => chance() * 3_000, coalesceShare: 0.3 })
    const seen: number[] = []
    connect(west, async ({ Records }) => {
      seen.push(...Records.map(({ dynamodb }) => Number(valueIn(dynamodb.NewImage))))
    })
    for (let value = 1; value <= 20; value += 1) {
      await put(east, 'a', String(value))
      await time.advance(300)
    }
    await time.advance(60_000)
    expect(seen).toEqual(seen.toSorted((one, other) => one - other))
    expect(seen.at(-1)).toBe(20)
  })

  function valueIn(image: Readonly<Record<string, unknown>> | undefined): unknown {
    return (image?.['u'] as { S: string } | undefined)?.S
  }

  test.each([1, 2, 3, 4, 5])('of three regions are equal in the end (seed %i)', async (seed) => {
    const chance = seededChance(seed)
    const { below } = createSeeded(seed)
    const { put, remove, time, tables } = await open({
      ...{ chance, coalesceShare: 0.4, lagMs: () => chance() * 5_000 },
      skewMs: (region) => regions.indexOf(region) * 700 - 700
    })
    for (let step = 0; step < 60; step += 1) {
      const region = regions[below(3)]!
      if (below(10) === 0) tables.isolate(region)
      if (below(5) === 0) tables.rejoin(region)
      if (below(4) === 0) await remove(region, `${below(6)}`)
      else await put(region, `${below(6)}`, `${seed} ${step}`)
      await time.advance(below(900))
    }
    for (const region of regions) tables.rejoin(region)
    await time.advance(120_000)
    const sets = contents().map((text) =>
      JSON.stringify((JSON.parse(text) as unknown[]).map(String).sort())
    )
    expect(new Set(sets).size).toBe(1)
  })
})

describe('a link between two regions', () => {
  test('that is paused delivers nothing and loses nothing, and the others go on', async () => {
    const { put, read, time, tables } = await open()
    tables.link(east, west).pause()
    await put(east, 'a', '1')
    await put(west, 'b', '2')
    await time.advance(3_600_000)
    expect([await read(west, 'a'), await read(south, 'a'), await read(east, 'b')]).toEqual([
      ...[null, '1', '2']
    ])
    tables.link(east, west).resume()
    await time.advance(1_000)
    expect(await read(west, 'a')).toBe('1')
  })

  test('brings later what the partition there cannot take now', async () => {
    const { client, time, tables } = await open()
    const link = tables.link(east, west)
    link.pause()
    for (let at = 0; at < 7; at += 1) {
      const Item = { pk: { S: 'D#1' }, sk: { S: `${at}` }, u: { B: new Uint8Array(300 * 1024) } }
      await client(east).send(new PutItemCommand({ TableName: log, Item }))
      await time.advance(400)
    }
    link.resume()
    await time.advance(1_000)
    const some = tables.region(west).items(log).length
    expect(some).toBeLessThan(7)
    await time.advance(10_000)
    expect(tables.region(west).items(log)).toHaveLength(7)
    expect(tables.region(west).units).toMatchObject({ writes: 0, replicatedWrites: 7 * 301 })
  })
})

describe('tables on the machine’s own clock', () => {
  test('replicate by themselves, and stop with what is on its way', async () => {
    const { put, read } = await open({ time: machineTime, lagMs: () => 5 })
    await put(east, 'a', '1')
    await expect.poll(() => read(west, 'a')).toBe('1')
    await put(west, 'a', '2')
  })
})

describe('a replica that is dropped and made anew', () => {
  test('is not there in between, and then fills from the others in any order', async () => {
    const chance = seededChance(3)
    const { put, remove, time, tables, client, read } = await open({
      lagMs: () => chance() * 10_000
    })
    for (let at = 0; at < 20; at += 1) await put(east, `${at}`, `${at}`)
    await time.advance(20_000)
    await remove(east, '3')
    await tables.drop(west)
    await expect(read(west, '1')).rejects.toThrow(/not found/)
    await put(south, 'meanwhile', 'there')
    await tables.add(west)
    await time.advance(4_000)
    const some = tables.region(west).items(log).length
    expect(some).toBeGreaterThan(0)
    expect(some).toBeLessThan(20)
    expect(tables.isFilled(west)).toBe(false)
    await time.advance(20_000)
    expect(tables.isFilled(west)).toBe(true)
    const asked = {
      TableName: log,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'D#1' } }
    }
    const counts = regions.map(
      async (region) => (await client(region).send(new QueryCommand(asked))).Count
    )
    expect(await Promise.all(counts)).toEqual([20, 20, 20])
  })

  test('has lost what had not left it', async () => {
    const { put, read, time, tables } = await open()
    await put(east, 'a', 'never left')
    await tables.drop(east)
    await tables.add(east)
    await time.advance(10_000)
    for (const region of regions) expect(await read(region, 'a')).toBeNull()
  })
})
