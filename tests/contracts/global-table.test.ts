// The log's contract in one of three regions, on tables that replicate and on a real redis-server.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe } from 'vitest'
import { createDynamoTable } from '../../sync-api/adapters/aws/dynamo-table'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createGlobalLog } from '../../sync-api/adapters/aws/global-log'
import { connectRedis } from '../../sync-api/adapters/aws/redis-scripts'
import { createRedisTail } from '../../sync-api/adapters/aws/redis-tail'
import { startRedisServer, type RedisServer } from '../../sync-api/local-cloud/redis-server'
import { startTables } from '../../sync-api/local-cloud/tables/global-tables'
import { machineTime } from '../../sync-api/local-cloud/time'
import { isRedisHere } from '../local-cloud/redis-here.mjs'
import { clientOf, log, regions, seededChance, west } from '../local-cloud/tables-bed'
import { logContract, type LogPlace } from './log'
import { singleRegion } from './single-region'

describe.runIf(isRedisHere())('with three regions that replicate at once', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterAll(() => server.stop())

  async function placeIn(region: string): Promise<LogPlace> {
    await server.flush()
    const tables = await startTables({
      regions,
      tables: [{ name: log, schema: { pk: 'pk', sk: 'sk' }, isGlobal: true, ttl: null }],
      ...{ time: machineTime, chance: seededChance(1), lagMs: () => 0, skewMs: () => 0 },
      ...{ coalesceShare: 0.2, unprocessedShare: 0.2, staleShare: 1, ttlLateMs: () => 0 }
    })
    const clients = regions.map((one) => ({ of: one, client: clientOf(tables, one) }))
    const tableOf = (of: string) =>
      createDynamoTable({
        ...{ client: clients.find((one) => one.of === of)!.client, name: log },
        pause: (ms) => pause(ms)
      })
    const redis = connectRedis(server.url)
    return {
      open: async () =>
        createGlobalLog({
          ...{ table: tableOf(region), tail: createRedisTail(redis, randomBytes) },
          others: () => regions.filter((other) => other !== region).map(tableOf),
          ...{ region, members: regions, fold: createMemoryFolder().fold },
          ...{ random: randomBytes, now: Date.now }
        }),
      openOther: async () => singleRegion(2).open(),
      reopen: null,
      async remove() {
        redis.close()
        for (const { client } of clients) client.destroy()
        await tables.stop()
      }
    }
  }

  logContract('a region of three', () => placeIn(west), { isHere: true, hasOneWriter: false })
})
