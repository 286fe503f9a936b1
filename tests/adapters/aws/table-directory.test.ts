// The directory on the global table: its contract in one region of three, and what regions know of each other.
import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTableDirectory } from '../../../sync-api/adapters/aws/table-directory'
import type { Directory } from '../../../sync-api/core/ports'
import { startTables, type Tables } from '../../../sync-api/local-cloud/tables/global-tables'
import { machineTime } from '../../../sync-api/local-cloud/time'
import { directoryContract } from '../../contracts/directory'
import {
  clientOf,
  east,
  log,
  openTables,
  regions,
  seededChance,
  south,
  west,
  type TablesBed
} from '../../local-cloud/tables-bed'

function clientsOf(tables: Tables): ReadonlyMap<string, DynamoDBClient> {
  return new Map(regions.map((region) => [region, clientOf(tables, region)]))
}

function directoryIn(region: string, clientOf: (region: string) => DynamoDBClient): Directory {
  return createTableDirectory({ clientOf, regions, region, name: log })
}

directoryContract('a global table', async () => {
  const tables = await startTables({
    regions,
    tables: [{ name: log, schema: { pk: 'pk', sk: 'sk' }, isGlobal: true, ttl: null }],
    ...{ time: machineTime, chance: seededChance(1), lagMs: () => 0, skewMs: () => 0 },
    ...{ coalesceShare: 0.2, unprocessedShare: 0, staleShare: 1, ttlLateMs: () => 0 }
  })
  let clients = clientsOf(tables)
  const close = (): void => clients.forEach((client) => client.destroy())
  const open = (): Directory => directoryIn(west, (region) => clients.get(region)!)
  return {
    directory: open(),
    async reopen() {
      close()
      clients = clientsOf(tables)
      return open()
    },
    async close() {
      close()
      await tables.stop()
    }
  }
})

describe('a directory of several regions, of which one was told', () => {
  let bed: TablesBed
  let here: Directory
  let there: Directory

  beforeEach(async () => {
    bed = await openTables()
    there = directoryIn(east, bed.client)
    here = directoryIn(west, bed.client)
  })
  afterEach(() => bed.stop())

  it('finds everywhere what has not come there yet', async () => {
    await there.put('code:a', 'person', 1_000)
    expect(bed.tables.region(west).items(log)).toEqual([])
    expect(await here.get('code:a', 1)).toBe('person')
    expect(await here.take('code:a', 1)).toBe('person')
    expect(await there.get('code:a', 1)).toBeNull()
  })

  it('gives a key to one of those who take it, in whatever region, come or not', async () => {
    for (const waitMs of [0, 5_000]) {
      await there.put('code:a', 'person', null)
      await bed.time.advance(waitMs)
      const takers = [here, there, directoryIn(south, bed.client), here, there]
      const given = await Promise.all(takers.map((directory) => directory.take('code:a', 1)))
      expect(given.filter((value) => value !== null)).toEqual(['person'])
      await bed.time.advance(5_000)
      expect(await Promise.all(takers.map((one) => one.get('code:a', 1)))).toEqual(
        takers.map(() => null)
      )
    }
  })

  it('knows a key as taken where the deletion has not come yet', async () => {
    await there.put('code:a', 'person', null)
    await bed.time.advance(5_000)
    expect(await there.take('code:a', 1)).toBe('person')
    expect(bed.tables.region(west).items(log)).toHaveLength(1)
    expect(await here.take('code:a', 1)).toBeNull()
  })

  it('takes what was put last where only the one before it has come', async () => {
    await there.put('code:a', 'first', 10)
    await bed.time.advance(5_000)
    await there.put('code:a', 'second', 1_000)
    expect(await here.take('code:a', 9)).toBe('second')
    expect(await there.take('code:a', 9)).toBeNull()
  })

  it('knows what has come when the region that put it does not answer, and does not take it', async () => {
    await there.put('recovery:a', 'person', null)
    await bed.time.advance(5_000)
    const { faults } = bed.tables.region(east)
    faults.set({ kind: 'refuse' })
    expect(await here.get('recovery:a', 1)).toBe('person')
    await expect(here.take('recovery:a', 1)).rejects.toThrow()
    // Nobody can say that there is no such key: it may be in the region that does not answer.
    await expect(here.get('recovery:b', 1)).rejects.toThrow()
    faults.set({ kind: 'none' })
    expect(await here.take('recovery:a', 1)).toBe('person')
  })

  it('says that it is damaged where a row says nothing', async () => {
    const key = { pk: { S: 'F#code:a' }, sk: { S: 'F' } }
    const damaged = [{ f: { S: 'person' } }, { r: { S: west } }]
    for (const item of damaged) {
      const put = new PutItemCommand({ TableName: log, Item: { ...key, ...item } })
      await bed.client(west).send(put)
      await expect(here.get('code:a', 1)).rejects.toThrow('The directory is damaged')
    }
  })
})
