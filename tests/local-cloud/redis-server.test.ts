// The region's cache behaves to a client of clusters as ElastiCache Serverless does.
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startRedisServer, type RedisServer } from '../../sync-api/local-cloud/redis-server'
import { isRedisHere } from './redis-here.mjs'

let server: RedisServer
let client: Cluster

/** Each lost connection is told; the command that needed it rejects too. */
const lost: Error[] = []

beforeAll(async () => {
  if (!isRedisHere()) return
  server = await startRedisServer()
  client = new Cluster([server.url], {
    redisOptions: { maxRetriesPerRequest: 1, commandTimeout: 1_000 },
    clusterRetryStrategy: () => 20
  })
  client.on('error', (failure: Error) => lost.push(failure))
})

beforeEach(async () => {
  if (isRedisHere()) await server.flush()
})

afterAll(async () => {
  if (!isRedisHere()) return
  client.disconnect()
  await server.stop()
})

describe.skipIf(!isRedisHere())('a region’s redis-server', () => {
  test('keys of one hash tag are used together', async () => {
    await client.mset('{doc}a', '1', '{doc}b', '2')
    expect(await client.mget('{doc}a', '{doc}b')).toEqual(['1', '2'])
  })

  test('keys of two hash tags in one command are refused with CROSSSLOT', async () => {
    const asked = client.nodes('master')[0]!.mget('{one}a', '{two}a')
    await expect(asked).rejects.toThrow(/CROSSSLOT/)
  })

  test('another database than 0 is refused', async () => {
    await expect(client.nodes('master')[0]!.select(1)).rejects.toThrow(/SELECT is not allowed/)
  })

  test('commands that ElastiCache Serverless restricts are refused', async () => {
    const node = client.nodes('master')[0]!
    await expect(node.call('CONFIG', 'GET', 'save')).rejects.toThrow(/NOPERM/)
    await expect(node.call('CLUSTER', 'RESET')).rejects.toThrow(/NOPERM/)
  })

  test('a flush leaves nothing and keeps the connection', async () => {
    await client.xadd('{doc}t', '*', 'k', 'v')
    await server.flush()
    expect(await client.xlen('{doc}t')).toBe(0)
  })

  test('frozen it answers nothing, and thawed it answers again', async () => {
    await client.set('{doc}a', '1')
    server.freeze()
    await expect(client.get('{doc}a')).rejects.toThrow(/timed out/i)
    server.thaw()
    expect(await client.get('{doc}a')).toBe('1')
  })

  test('killed it refuses, and restarted it is empty at the same place', async () => {
    await client.set('{doc}a', '1')
    await server.kill()
    // A cluster's client that lost its only node may hold a command for ever: this one only connects.
    const knocking = new Redis(server.port, { lazyConnect: true, retryStrategy: () => null })
    knocking.on('error', (failure: Error) => lost.push(failure))
    await expect(knocking.connect()).rejects.toThrow()
    expect(lost.some(({ message }) => message.includes('ECONNREFUSED'))).toBe(true)
    await server.restart()
    const again = new Cluster([server.url])
    expect(await again.get('{doc}a')).toBeNull()
    again.disconnect()
  })
})
