// Who is in a document, on a real redis-server that is a cluster.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { presenceLifetimeS } from '../../../sync-api/adapters/aws/limits'
import {
  createPresence,
  type PresenceStore,
  type Tab
} from '../../../sync-api/adapters/aws/presence'
import { connectRedis, type RedisScripts } from '../../../sync-api/adapters/aws/redis-scripts'
import { CacheUnreachable } from '../../../sync-api/adapters/aws/tail'
import { peoplePerDocumentMax, tabsPerDocumentMax } from '../../../sync-api/core/limits'
import { startRedisServer, type RedisServer } from '../../../sync-api/local-cloud/redis-server'
import { idOf, shortIdBytes, type DocumentId, type TabId } from '../../../sync-api/protocol/ids'
import { channelOf, personOf } from '../../contracts/log-samples'
import { isRedisHere } from '../../local-cloud/redis-here.mjs'

function tabIdOf(number: number): TabId {
  const bytes = new Uint8Array(shortIdBytes)
  new DataView(bytes.buffer).setUint32(0, number)
  return idOf(bytes)
}

describe.runIf(isRedisHere())('presence in Redis', () => {
  let server: RedisServer
  let redis: RedisScripts
  let presence: PresenceStore
  let document: DocumentId
  let documents = 0

  const tabOf = (connection: string, tab = 1, person = 1): Tab => ({
    ...{ document, connection, person: personOf(person), tab: tabIdOf(tab) }
  })
  const shown = (tab: number, state: string | null, person = 1) => ({
    ...{ person: personOf(person), tab: tabIdOf(tab), state }
  })
  const keyed = (script: string, ...given: string[]) =>
    redis.run(script, [`a:{${document}}`], given)

  beforeAll(async () => {
    server = await startRedisServer()
    redis = connectRedis(server.url)
    presence = createPresence(redis)
  })
  afterAll(async () => {
    redis.close()
    await server.stop()
  })
  beforeEach(() => {
    document = channelOf(`document ${documents++}`).document
  })

  it('is nobody where nobody came', async () => {
    expect(await presence.others(document, 'a')).toEqual([])
    expect(await presence.end(document, 'a')).toEqual([])
    expect(await presence.set(tabOf('a'), null, 1)).toBe('late')
  })

  it('shows everybody but the connection’s own tabs, with their states byte for byte', async () => {
    const state = '{"name":"Zoë \\u0000 \u{1f600}","at":[1,2]}\0/'
    expect(await presence.set(tabOf('a', 1), 'own', 1)).toBe('stands')
    expect(await presence.set(tabOf('b', 2, 2), state, 1)).toBe('stands')
    expect(await presence.set(tabOf('b', 3, 2), 'other tab', 1)).toBe('stands')
    const others = await presence.others(document, 'a')
    expect(others).toHaveLength(2)
    expect(others).toEqual(expect.arrayContaining([shown(2, state, 2), shown(3, 'other tab', 2)]))
    expect(await presence.others(document, 'b')).toEqual([shown(1, 'own')])
    expect(await presence.others(channelOf('elsewhere').document, 'a')).toEqual([])
  })

  it('keeps the newest state of a tab, whatever comes late', async () => {
    const now = Date.UTC(2026, 0, 1)
    expect(await presence.set(tabOf('a'), 'second', now + 1)).toBe('stands')
    expect(await presence.set(tabOf('a'), 'first', now)).toBe('late')
    expect(await presence.set(tabOf('a'), null, now)).toBe('late')
    expect(await presence.others(document, 'b')).toEqual([shown(1, 'second')])
    expect(await presence.set(tabOf('a'), 'same moment', now + 1)).toBe('stands')
    expect(await presence.others(document, 'b')).toEqual([shown(1, 'same moment')])
  })

  it('ends a tab for the connection that has it, and for no other', async () => {
    await presence.set(tabOf('a'), 'before', 1)
    await presence.set(tabOf('b'), 'after it came back', 2)
    expect(await presence.set(tabOf('a'), null, 3)).toBe('late')
    expect(await presence.end(document, 'a')).toEqual([])
    expect(await presence.others(document, 'a')).toEqual([shown(1, 'after it came back')])
    expect(await presence.set(tabOf('b'), null, 3)).toBe('stands')
    expect(await presence.others(document, 'a')).toEqual([])
  })

  it('ends all tabs of a connection, and says which', async () => {
    await presence.set(tabOf('a', 1), 'one', 1)
    await presence.set(tabOf('a', 2), 'two', 1)
    await presence.set(tabOf('b', 3), 'three', 1)
    const ended = await presence.end(document, 'a')
    expect(ended).toHaveLength(2)
    expect(ended).toEqual(expect.arrayContaining([shown(1, null), shown(2, null)]))
    expect(await presence.others(document, 'nobody')).toEqual([shown(3, 'three')])
    expect(await presence.end(document, 'a')).toEqual([])
  })

  it('has no room for more tabs of a connection than one may have', async () => {
    for (let tab = 1; tab <= tabsPerDocumentMax; tab++) {
      expect(await presence.set(tabOf('a', tab), 'here', 1)).toBe('stands')
    }
    expect(await presence.set(tabOf('a', 0), 'one more', 1)).toBe('full')
    expect(await presence.set(tabOf('a', 1), 'moved', 2)).toBe('stands')
    expect(await presence.set(tabOf('b', 0, 2), 'another', 1)).toBe('stands')
    await presence.set(tabOf('a', 1), null, 3)
    expect(await presence.set(tabOf('a', 0), 'one more', 1)).toBe('stands')
  })

  it('has no room for more people than a document may have', async () => {
    for (let tab = 1; tab <= peoplePerDocumentMax; tab++) {
      expect(await presence.set(tabOf(`connection ${tab}`, tab), 'here', 1)).toBe('stands')
    }
    expect(await presence.set(tabOf('late comer', 0), 'one more', 1)).toBe('full')
    expect(await presence.set(tabOf('connection 1', 1), 'moved', 2)).toBe('stands')
    await presence.end(document, 'connection 2')
    expect(await presence.set(tabOf('late comer', 0), 'one more', 1)).toBe('stands')
    expect(await presence.others(document, 'late comer')).toHaveLength(peoplePerDocumentMax - 1)
  })

  it('is forgotten some time after the last of it, should nobody end it', async () => {
    const ttl = async () => Number(await keyed("return redis.call('TTL', KEYS[1])"))
    await presence.set(tabOf('a'), 'here', 1)
    const first = await ttl()
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThanOrEqual(presenceLifetimeS)
    // As if nearly all of it had passed.
    await keyed("return redis.call('EXPIRE', KEYS[1], ARGV[1])", '600')
    await presence.set(tabOf('a'), 'moved', 2)
    expect(await ttl()).toBeGreaterThan(600)
  })

  it('is refused where the cache holds something else', async () => {
    await keyed("return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])", 'x/y', '{"c":"b","s":"z"}')
    await expect(presence.others(document, 'a')).rejects.toThrow('no presence')
  })

  it('cannot be had where the cache is out of reach', async () => {
    const away = connectRedis('redis://127.0.0.1:1')
    const nowhere = createPresence(away)
    const calls = [
      nowhere.set(tabOf('a'), 'here', 1),
      nowhere.end(document, 'a'),
      nowhere.others(document, 'a')
    ]
    await Promise.all(calls.map((call) => expect(call).rejects.toThrow(CacheUnreachable)))
    away.close()
  })
})
