// One environment of a function: it answers one call at a time, remembers between them, and may die at any call it makes.
import { createMemoryDirectory } from '../../../sync-api/adapters/memory/directory'
import { createMemoryFolder } from '../../../sync-api/adapters/memory/folder'
import { createMemoryMetrics } from '../../../sync-api/adapters/memory/metrics'
import { createGlobalLog, type GlobalLog } from '../../../sync-api/adapters/aws/global-log'
import type { Table } from '../../../sync-api/adapters/aws/table'
import type { Tail } from '../../../sync-api/adapters/aws/tail'
import { createRelay } from '../../../sync-api/core/create-relay'
import type { Log } from '../../../sync-api/core/ports'
import type { Relay } from '../../../sync-api/core/relay'
import { plantedLog, plantedTable, plantedTail, receiptKeyOf } from './plants'
import type { RegionWorld } from './region-world'

export type Environment = {
  readonly log: GlobalLog
  readonly relay: Relay
  isBusy: boolean
  isAlive: boolean
  /** Runs one call; rejects when the environment dies in it. */
  run<T>(call: () => Promise<T>): Promise<T>
}

export type EnvironmentParts = {
  readonly region: string
  readonly tail: Tail
  /** ms since 1970, by this region's clock. */
  readonly now: () => number
  /** Called when it has appended: what the others are told. */
  readonly onAppended: Log['append'] extends (...given: infer G) => unknown
    ? (...given: G) => void
    : never
}

export function startEnvironment(world: RegionWorld, parts: EnvironmentParts): Environment {
  const { chance, replicas, plant } = world
  const { region, now } = parts
  const mourners = new Set<() => void>()

  function die(): void {
    environment.isAlive = false
    world.counts.deaths += 1
    world.tell(`${region}: a function dies`)
    for (const mourn of mourners) mourn()
  }

  /** Nothing goes on in what is dead. */
  async function living<T>(call: () => Promise<T>): Promise<T> {
    if (!environment.isAlive) return new Promise<never>(() => undefined)
    if (chance.happens(world.deaths / 2)) die()
    if (!environment.isAlive) return new Promise<never>(() => undefined)
    const result = await call()
    if (chance.happens(world.deaths / 2)) die()
    if (!environment.isAlive) return new Promise<never>(() => undefined)
    return result
  }

  const tableOf = (of: string): Table => {
    const table = plantedTable(world, of, replicas.table(of))
    return {
      putNew: (row) => living(() => table.putNew(row)),
      putNext: (row) => living(() => table.putNext(row)),
      read: (pk, range) => living(() => table.read(pk, range)),
      get: (pk, sks) => living(() => table.get(pk, sks)),
      remove: (pk, sks) => living(() => table.remove(pk, sks))
    }
  }
  const tail = plantedTail(world, parts.tail)
  const folder = createMemoryFolder()
  const log = createGlobalLog({
    table: tableOf(region),
    others: () => world.members.filter((other) => other !== region).map(tableOf),
    tail: {
      read: (ref, after) => living(() => tail.read(ref, after)),
      begin: (ref, after) => living(() => tail.begin(ref, after)),
      add: (ref, entries) => living(() => tail.add(ref, entries)),
      reached: (ref, id, sequences) => living(() => tail.reached(ref, id, sequences)),
      unsettled: (ref) => living(() => tail.unsettled(ref)),
      knows: (ref, keys) => living(() => tail.knows(ref, keys)),
      end: (ref) => living(() => tail.end(ref))
    },
    region,
    get members() {
      const alone = plant === 'delete-without-acks' || plant === 'shared-checkpoint'
      return alone ? [region] : world.members
    },
    ...{ fold: folder.fold, random: chance.bytes, now }
  })
  const planted = plantedLog(world, log)
  const relay = createRelay({
    log: {
      ...planted,
      async append(ref, entries) {
        const spans = await planted.append(ref, entries)
        parts.onAppended(ref, entries)
        return spans
      }
    },
    shared: { consult: plant === 'never-asks' ? () => Promise.resolve() : log.consult },
    directory: createMemoryDirectory(),
    gateway: { send: () => undefined, close: () => undefined },
    folder,
    tickets: { issue: () => Promise.resolve(''), verify: () => Promise.resolve(null) },
    clock: { now },
    random: chance.bytes,
    metrics: createMemoryMetrics(),
    region,
    binary: false,
    pushesInFlightMax: 1,
    receiptKey: receiptKeyOf(region, plant),
    report: (what, cause) => world.tell(`${region}: ${what}: ${String(cause)}`)
  })

  const environment: Environment = {
    log,
    relay,
    isBusy: false,
    isAlive: true,
    async run(call) {
      environment.isBusy = true
      const died = new Promise<never>((_, reject) => {
        mourners.add(() => reject(new Error('The function died')))
      })
      try {
        return await Promise.race([call(), died])
      } finally {
        environment.isBusy = false
        mourners.clear()
      }
    }
  }
  return environment
}
