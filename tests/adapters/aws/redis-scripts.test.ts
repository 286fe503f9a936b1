// Scripts on a real redis-server: who calls before the first connection stands, and a server that has forgotten them.
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectRedis } from '../../../sync-api/adapters/aws/redis-scripts'
import { startRedisServer, type RedisServer } from '../../../sync-api/local-cloud/redis-server'
import { isRedisHere } from '../../local-cloud/redis-here.mjs'

const add = "return redis.call('INCRBY', KEYS[1], ARGV[1])"

describe.runIf(isRedisHere())('scripts in Redis', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterAll(() => server.stop())

  it('answer all who call at once before it is connected, however many', async () => {
    const warnings: string[] = []
    const warned = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', warned)
    const redis = connectRedis(server.url)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => redis.run(add, ['{a}'], ['1']))
    )
    expect(answers.map(Number).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 50 }, (_, at) => at + 1)
    )
    redis.close()
    process.off('warning', warned)
    expect(warnings).toEqual([])
  })

  it('take bytes and give bytes', async () => {
    const redis = connectRedis(server.url)
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
    // The first time as a text that it does not know yet, then by its hash.
    for (let times = 0; times < 2; times++) {
      const answer = await redis.run('return ARGV[1]', ['{a}'], [bytes])
      expect([...(answer as Uint8Array)]).toEqual([...bytes])
    }
    redis.close()
  })

  it('run where the server has forgotten them, and say what is wrong with one', async () => {
    const redis = connectRedis(server.url)
    expect(Number(await redis.run(add, ['{b}'], ['1']))).toBe(1)
    await redis.remove(['{b}'])
    const other = new Redis(server.url)
    await other.script('FLUSH')
    other.disconnect()
    expect(Number(await redis.run(add, ['{b}'], ['7']))).toBe(7)
    await expect(redis.run('return nonsense(', ['{b}'], [])).rejects.toThrow('ERR')
    redis.close()
  })

  it('are of no server that is reached in another way', () => {
    expect(() => connectRedis('https://cache.example.org')).toThrow('not by https://')
  })
})
