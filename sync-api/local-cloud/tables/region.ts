// The tables of one region, behind one endpoint.
import type { Activity } from '../activity'
import type { FaultSwitch } from '../faults'
import { startJsonServer } from '../json-server'
import type { LocalChance, LocalTime } from '../time'
import type { Item } from './items'
import { requestBytesMax } from './limits'
import { createOperations } from './operations'
import { createReplica, type Change, type Replica, type TableDefinition } from './replica'
import { startStorage } from './storage'
import type { Stream } from './stream'
import { noUnits, type Units } from './units'

export type TableRegion = {
  /** What a client of this region takes as AWS_ENDPOINT_URL_DYNAMODB. */
  readonly endpoint: string
  readonly faults: FaultSwitch
  readonly units: Units
  /** The stream of the replica that is here now; one that is made anew has another. */
  stream(table: string): Stream
  /** What is there, without asking. */
  items(table: string): readonly Item[]
}

export type OpenRegion = TableRegion & {
  replicaOf(table: string): Replica | null
  open(definition: TableDefinition): Promise<void>
  close(table: string): Promise<void>
  stop(): Promise<void>
}

export type RegionParts = {
  readonly region: string
  readonly time: LocalTime
  readonly activity: Activity
  readonly chance: LocalChance
  readonly skewMs: number
  readonly unprocessedShare: number
  /** Share of items that a read which is not strongly consistent sees as they were before. */
  readonly staleShare: number
  readonly ttlLateMs: () => number
  readonly replicate: (change: Change) => void
}

export async function startRegion(parts: RegionParts): Promise<OpenRegion> {
  const { region, time, activity, chance, skewMs, unprocessedShare, staleShare, ttlLateMs } = parts
  const storage = await startStorage()
  const units = noUnits()
  const replicas = new Map<string, Replica>()
  const replicaOf = (table: string): Replica | null => replicas.get(table) ?? null
  const server = await startJsonServer({
    ...{ region, service: 'dynamodb', target: 'DynamoDB_20120810', time },
    ...{ throttled: 'ProvisionedThroughputExceededException', bodyBytesMax: requestBytesMax },
    handle: createOperations({
      ...{ storage, replicaOf, units, chance, unprocessedShare, staleShare }
    })
  })

  function mustHave(table: string): Replica {
    const replica = replicaOf(table)
    if (replica === null) throw new Error(`${region} has no table ${table}`)
    return replica
  }

  return {
    endpoint: server.endpoint,
    faults: server.faults,
    units,
    replicaOf,
    stream: (table) => mustHave(table).stream,
    items: (table) =>
      mustHave(table)
        .changes()
        .flatMap(({ image }) => (image === null ? [] : [image])),
    async open(definition) {
      const { name, isGlobal, schema } = definition
      await storage.createTable(name, schema)
      const replicate = isGlobal ? parts.replicate : () => undefined
      const made = { region, definition, storage, time, activity, skewMs, units, ttlLateMs }
      replicas.set(name, createReplica({ ...made, replicate }))
    },
    async close(table) {
      mustHave(table).stop()
      replicas.delete(table)
      await storage.deleteTable(table)
    },
    async stop() {
      for (const replica of replicas.values()) replica.stop()
      await server.stop()
      await storage.stop()
    }
  }
}
