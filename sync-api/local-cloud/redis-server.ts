// A region's cache: a real redis-server as one node of a cluster, as ElastiCache Serverless shows itself to its clients.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { findFreePort } from './free-port'

export type RedisServer = {
  /** For a client of clusters; stays the same over restarts. */
  readonly url: string
  readonly port: number
  /** Everything in it is gone, connections stay. */
  flush(): Promise<void>
  /** The process dies, and nobody answers until `restart`. */
  kill(): Promise<void>
  /** A new and empty process at the same port; resolves when it is usable, after about 2 s. */
  restart(): Promise<void>
  /** Connections stay open and nothing is answered, until `thaw`. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

type Ports = { readonly port: number; readonly busPort: number }

/** How its process is found: Debian's redis-tools holds the same program under its other name, without a service that starts. */
const programs = ['redis-server', 'redis-check-rdb'] as const

/** What ElastiCache Serverless refuses, so that nothing here gets used to it. */
const refusedCommands = [
  ...['config', 'debug', 'save', 'bgsave', 'bgrewriteaof', 'shutdown', 'replicaof', 'slaveof'],
  ...['psync', 'sync', 'migrate', 'acl|setuser', 'acl|deluser', 'acl|load', 'acl|save'],
  ...['cluster|addslots', 'cluster|addslotsrange', 'cluster|delslots', 'cluster|reset'],
  ...['cluster|forget', 'cluster|meet', 'cluster|failover', 'cluster|setslot']
]

/** The launcher's own user, who may do all. */
const launcher = 'launcher'

/** Starts at ports that somebody else took meanwhile are tried again this often. */
const startsMax = 3

/** Redis lets itself be written 2 s after it started as a cluster; this much longer means it never will, ms. */
const usableAfterMsMax = 30_000

/** Between two looks whether it is usable, ms. */
const lookMs = 50

/** Starts a server on free ports of this machine; resolves when it is usable, after about 2 s. */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'meridian-redis-'))
  for (let tries = 1; ; tries += 1) {
    const ports = { port: await findFreePort(), busPort: await findFreePort() }
    try {
      return createServer(folder, ports, await startProcess(folder, ports))
    } catch (failure) {
      if (tries < startsMax) continue
      await rm(folder, { recursive: true, force: true })
      throw failure
    }
  }
}

function createServer(folder: string, ports: Ports, first: ChildProcess): RedisServer {
  let child = first
  return {
    url: `redis://127.0.0.1:${ports.port}`,
    port: ports.port,
    flush: () => asLauncher(ports.port, child, async (redis) => void (await redis.flushall())),
    kill: () => end(child),
    async restart() {
      await end(child)
      // What it remembers of its cluster would be refused by a node with another id.
      await rm(join(folder, 'nodes.conf'), { force: true })
      child = await startProcess(folder, ports)
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function settingsOf(folder: string, { port, busPort }: Ports): string {
  const refused = refusedCommands.map((command) => `-${command}`).join(' ')
  return [
    ...['bind 127.0.0.1', `port ${port}`, `dir ${folder}`],
    ...['save ""', 'appendonly no', 'loglevel warning'],
    ...['cluster-enabled yes', `cluster-port ${busPort}`, 'cluster-announce-ip 127.0.0.1'],
    `user default on nopass ~* &* +@all ${refused}`,
    `user ${launcher} on nopass ~* &* +@all`
  ].join('\n')
}

async function startProcess(folder: string, ports: Ports): Promise<ChildProcess> {
  const child = await spawnAny(settingsOf(folder, ports))
  try {
    await asLauncher(ports.port, child, (redis) => makeUsable(redis, child))
    return child
  } catch (failure) {
    await end(child)
    throw failure
  }
}

async function spawnAny(settings: string): Promise<ChildProcess> {
  for (const program of programs) {
    const child = await spawnProgram(program, settings)
    if (child !== null) return child
  }
  throw new Error('No redis-server here: install Debian’s package redis-tools or redis-server.')
}

/** The running program, or null when there is none of this name. */
function spawnProgram(program: string, settings: string): Promise<ChildProcess | null> {
  // It looks at its own name to know what it is; `-` reads the settings from its input.
  const child = spawn(program, ['-'], {
    argv0: 'redis-server',
    stdio: ['pipe', 'ignore', 'ignore']
  })
  return new Promise((resolve, reject) => {
    child.once('error', (failure: NodeJS.ErrnoException) => {
      if (failure.code === 'ENOENT') resolve(null)
      else reject(failure)
    })
    child.once('spawn', () => {
      child.stdin?.end(settings)
      const killWithUs = (): void => void child.kill('SIGKILL')
      process.once('exit', killWithUs)
      child.once('exit', () => process.off('exit', killWithUs))
      resolve(child)
    })
  })
}

async function makeUsable(redis: Redis, child: ChildProcess): Promise<void> {
  await redis.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  for (let waitedMs = 0; waitedMs < usableAfterMsMax; waitedMs += lookMs) {
    if (hasEnded(child)) break
    if (String(await redis.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) return
    await wait(lookMs)
  }
  throw new Error(`redis-server is not usable (ended with ${child.exitCode})`)
}

async function asLauncher<T>(
  port: number,
  child: ChildProcess,
  run: (redis: Redis) => Promise<T>
): Promise<T> {
  const redis = new Redis({
    ...{ host: '127.0.0.1', port, username: launcher, password: 'any' },
    // A process that just started does not listen yet; one that ended never will.
    retryStrategy: () => (hasEnded(child) ? null : lookMs),
    maxRetriesPerRequest: usableAfterMsMax / lookMs
  })
  // Each failed try to connect is told here; the last one rejects the command.
  const failures: Error[] = []
  redis.on('error', (failure: Error) => failures.push(failure))
  try {
    return await run(redis)
  } finally {
    redis.disconnect()
  }
}

function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
