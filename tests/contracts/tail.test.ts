// The order's contract, in memory and on a real redis-server that is a cluster.
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { connectRedis } from '../../sync-api/adapters/aws/redis-scripts'
import { createRedisTail } from '../../sync-api/adapters/aws/redis-tail'
import { orderEntriesMax } from '../../sync-api/adapters/aws/limits'
import { CacheUnreachable } from '../../sync-api/adapters/aws/tail'
import { startRedisServer } from '../../sync-api/local-cloud/redis-server'
import { isRedisHere } from '../local-cloud/redis-here.mjs'
import { createMemoryTail } from '../simulation/regions/memory-tail'
import { channelOf } from './log-samples'
import { tailContract } from './tail'

tailContract('memory', async () => {
  const entriesMax = 50
  const tail = createMemoryTail({ random: randomBytes, pause: () => Promise.resolve(), entriesMax })
  return {
    ...{ tail, entriesMax },
    flush: async () => tail.flush(false),
    stop: async () => undefined
  }
})

tailContract(
  'Redis',
  async () => {
    const server = await startRedisServer()
    const redis = connectRedis(server.url)
    return {
      tail: createRedisTail(redis, randomBytes),
      entriesMax: orderEntriesMax,
      flush: () => server.flush(),
      async stop() {
        redis.close()
        await server.stop()
      }
    }
  },
  isRedisHere()
)

it.runIf(isRedisHere())(
  'says that the cache cannot be reached, and goes on when it can',
  async () => {
    const server = await startRedisServer()
    const redis = connectRedis(server.url)
    const tail = createRedisTail(redis, randomBytes)
    const ref = channelOf('document')
    const { id } = await tail.begin(ref, 0)
    await server.kill()
    await expect(tail.read(ref, 0)).rejects.toThrow(CacheUnreachable)
    await server.restart()
    await expect
      .poll(
        () =>
          tail.begin(ref, 0).then(
            (view) => view.id,
            () => id
          ),
        { timeout: 60_000 }
      )
      .not.toEqual(id)
    server.freeze()
    await expect(tail.read(ref, 0)).rejects.toThrow(CacheUnreachable)
    server.thaw()
    await expect
      .poll(
        () =>
          tail.read(ref, 0).then(
            () => true,
            () => false
          ),
        { timeout: 60_000 }
      )
      .toBe(true)
    redis.close()
    await server.stop()
  }
)
