// The replica's contract, in memory and through the real SDK client; and the log's on DynamoDB and Redis together.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { createDynamoTable } from '../../sync-api/adapters/aws/dynamo-table'
import { createGlobalLog } from '../../sync-api/adapters/aws/global-log'
import { connectRedis } from '../../sync-api/adapters/aws/redis-scripts'
import { createRedisTail } from '../../sync-api/adapters/aws/redis-tail'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { startRedisServer } from '../../sync-api/local-cloud/redis-server'
import { isRedisHere } from '../local-cloud/redis-here.mjs'
import { createChance } from '../simulation/chance'
import { createReplicas } from '../simulation/regions/replicas'
import { noTroubles } from '../simulation/regions/troubles'
import { createTime } from '../simulation/time'
import { startLocalTable } from './dynalite'
import { startTableInRegion } from './local-table'
import { logContract } from './log'
import { singleRegion } from './single-region'
import { tableContract } from './table'

tableContract('memory', async () => {
  const replicas = createReplicas(createTime(), createChance(1), noTroubles, ['here'])
  return { table: replicas.table('here'), stop: async () => undefined }
})

tableContract('DynamoDB', async () => {
  const { client, name, stop } = await startTableInRegion()
  return { table: createDynamoTable({ client, name, pause: wait }), stop }
})

logContract(
  'DynamoDB and Redis',
  async () => {
    const { client, name, stop } = await startLocalTable()
    const server = await startRedisServer()
    const redis = connectRedis(server.url)
    return {
      open: async () =>
        createGlobalLog({
          table: createDynamoTable({ client, name, pause: wait }),
          others: () => [],
          tail: createRedisTail(redis, randomBytes),
          ...{ region: 'here', members: ['here'], fold: createMemoryFolder().fold },
          ...{ random: randomBytes, now: Date.now }
        }),
      openOther: async () => singleRegion(2).open(),
      reopen: null,
      async remove() {
        redis.close()
        await Promise.all([server.stop(), stop()])
      }
    }
  },
  { isHere: isRedisHere(), hasOneWriter: false }
)
