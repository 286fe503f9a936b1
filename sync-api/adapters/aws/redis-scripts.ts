// Runs scripts on the Redis of a region, a cluster of one or more nodes, and waits for no answer that comes too late.
import { createHash } from 'node:crypto'
import { Cluster } from 'ioredis'
import { cacheTimeoutMs } from './limits'
import type { ScriptRunner } from './redis-tail'

/** Until a connection stands, ms. */
const connectTimeoutMs = cacheTimeoutMs * 4

export type RedisScripts = ScriptRunner & { close(): void }

/** `url`: `redis://` or `rediss://`, with a password where there is one. Throws on any other. */
export function connectRedis(url: string): RedisScripts {
  const { protocol, hostname, port, username, password } = new URL(url)
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new Error(`A cache is reached by redis:// or rediss://, not by ${protocol}//`)
  }
  const cluster = new Cluster([{ host: hostname, port: Number(port || 6379) }], {
    // Certificates name the endpoint, and nodes are found by it.
    dnsLookup: (address, found) => found(null, address),
    clusterRetryStrategy: (tries) => Math.min(2_000, 50 * 2 ** tries),
    slotsRefreshTimeout: connectTimeoutMs,
    // Nothing waits for a cache that is not there: whoever needs it says so and goes on without.
    enableOfflineQueue: false,
    redisOptions: {
      connectTimeout: connectTimeoutMs,
      commandTimeout: cacheTimeoutMs,
      maxRetriesPerRequest: 0,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {})
    }
  })
  // Every call says for itself that it failed.
  cluster.on('error', () => undefined)
  const hashes = new Map<string, string>()
  const hashOf = (script: string): string => {
    const known = hashes.get(script) ?? createHash('sha1').update(script).digest('hex')
    hashes.set(script, known)
    return known
  }

  let connecting: Promise<void> | null = null
  /** One wait for all who call before the first connection stands: many may. */
  function ready(): Promise<void> {
    connecting ??= new Promise((resolve) => {
      cluster.once('ready', () => {
        connecting = null
        resolve()
      })
    })
    return connecting
  }

  /** Resolves when it answers, at most after a moment: a function that has just started waits for its first connection. */
  async function reached(): Promise<void> {
    if (cluster.status !== 'ready') await within(connectTimeoutMs, ready())
  }

  async function evaluate(
    script: string,
    keys: readonly string[],
    given: readonly (string | Uint8Array)[]
  ): Promise<unknown> {
    const parts = [
      ...keys,
      ...given.map((one) => (typeof one === 'string' ? one : Buffer.from(one)))
    ]
    try {
      return await cluster.callBuffer('EVALSHA', hashOf(script), keys.length, ...parts)
    } catch (cause) {
      // A node that was restarted has forgotten all scripts.
      if (!(cause instanceof Error) || !cause.message.startsWith('NOSCRIPT')) throw cause
      return cluster.callBuffer('EVAL', script, keys.length, ...parts)
    }
  }

  return {
    async run(script, keys, given) {
      await reached()
      return within(cacheTimeoutMs, evaluate(script, keys, given))
    },
    async remove(keys) {
      await reached()
      await within(cacheTimeoutMs, cluster.del(...keys))
    },
    close: () => cluster.disconnect()
  }
}

/** Rejects when it takes longer; what comes of it later goes nowhere. */
function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms)
    answer.then(resolve, reject).finally(() => clearTimeout(limit))
  })
}
