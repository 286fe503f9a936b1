// Who is the first to ask for a fold: by a real redis-server, and by memory where there is none.
import { describe, expect, it } from 'vitest'
import { createFoldMemory, isFirstToAsk } from '../../../sync-api/adapters/aws/fold-marks'
import { foldMarkS } from '../../../sync-api/adapters/aws/limits'
import { connectRedis } from '../../../sync-api/adapters/aws/redis-scripts'
import { startRedisServer } from '../../../sync-api/local-cloud/redis-server'
import { channelOf } from '../../contracts/log-samples'
import { isRedisHere } from '../../local-cloud/redis-here.mjs'

const ref = channelOf('document')
const comments = { ...ref, channel: 'comments' as const }
const markMs = foldMarkS * 1000

it.runIf(isRedisHere())(
  'Redis tells one of all functions that it is first, for a while',
  async () => {
    const server = await startRedisServer()
    const redis = connectRedis(server.url)
    const asked = await Promise.all(Array.from({ length: 5 }, () => isFirstToAsk(redis, ref)))
    expect(asked.filter(Boolean)).toEqual([true])
    expect(await isFirstToAsk(redis, comments)).toBe(true)
    expect(await isFirstToAsk(redis, channelOf('other'))).toBe(true)
    const mark = `f:{${ref.document}}:content`
    const left = Number(await redis.run("return redis.call('PTTL', KEYS[1])", [mark], []))
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(markMs)
    await redis.remove([mark])
    expect(await isFirstToAsk(redis, ref)).toBe(true)
    await server.kill()
    await expect(isFirstToAsk(redis, ref)).rejects.toThrow()
    redis.close()
    await server.stop()
  }
)

describe('a memory of folds', () => {
  it('has one first for each log, and another when the mark has run out', () => {
    const isFirst = createFoldMemory()
    expect(isFirst(ref, 1_000)).toBe(true)
    expect(isFirst(ref, 1_000)).toBe(false)
    expect(isFirst(comments, 1_001)).toBe(true)
    expect(isFirst(ref, 999 + markMs)).toBe(false)
    expect(isFirst(ref, 1_000 + markMs)).toBe(true)
    expect(isFirst(comments, 1_000 + markMs)).toBe(false)
    expect(isFirst(ref, 999 + 2 * markMs)).toBe(false)
  })
})
