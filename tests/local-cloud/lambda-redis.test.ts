// How an environment of Lambda reaches Redis: through a way of its own, so that its commands are known to be its.
import { Cluster } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { startRedisServer } from '../../sync-api/local-cloud/redis-server'
import { loads, startCalled, stopAll, stopsLater } from './lambda-bed'
import { isRedisHere } from './redis-here.mjs'

afterEach(stopAll)

/** A client of clusters finds its nodes by asking for them: also those must be reached this way. */
function clientAt(url: string | undefined): Cluster {
  const { hostname, port } = new URL(String(url))
  return new Cluster([{ host: hostname, port: Number(port) }], {
    clusterRetryStrategy: () => 50,
    redisOptions: { maxRetriesPerRequest: 0 }
  })
}

it.runIf(isRedisHere())(
  'tells a command after the handler returned, and dies at any command, as with calls over HTTP',
  async () => {
    const server = stopsLater(await startRedisServer())
    const clients: Cluster[] = []
    stopsLater({ stop: async () => clients.forEach((client) => client.disconnect()) })
    let release = (): void => undefined
    const load = loads((env) => {
      const redis = clientAt(env['REDIS'])
      redis.on('error', (failure) => failure)
      clients.push(redis)
      return async (event) => {
        await redis.set('a', '1')
        await redis.incr('a')
        if (event !== 'late') return redis.get('a')
        void new Promise<void>((resolve) => (release = resolve))
          .then(() => redis.set('late', '1'))
          .catch((failure: unknown) => failure)
      }
    })
    const made = await startCalled({ load, addresses: { REDIS: server.url } })
    expect((await made.invoke('0')).payload).toBe('"2"')
    expect(made.lateCalls()).toEqual([])
    for (const [moment, left] of [
      ['before', '1'],
      ['after', '2']
    ] as const) {
      const crash = made.dieAt(2, moment)
      expect((await made.invoke('0')).payload).toContain('Runtime.ExitError')
      expect(crash.fired()).toBe(true)
      const watcher = clientAt(server.url)
      clients.push(watcher)
      expect(await watcher.get('a')).toBe(left)
    }
    await made.invoke('"late"')
    release()
    await expect.poll(() => made.lateCalls()).toMatchObject([{ call: 'set', kind: 'after-return' }])
  }
)
