// A region's table of connections in the stand-in of DynamoDB, behind the real SDK client, with a clock that stands still.
import type { ConnectionId } from '../../../sync-api/core/ports'
import { createConnections, type Member } from '../../../sync-api/adapters/aws/connections'
import type { ItemsParts } from '../../../sync-api/adapters/aws/items'
import { startTables, type TablesParts } from '../../../sync-api/local-cloud/tables/global-tables'
import { channelOf, personOf } from '../../contracts/log-samples'
import { createManualTime, type ManualTime } from '../../local-cloud/manual-time'
import { clientOf, seededChance } from '../../local-cloud/tables-bed'

const [region, name] = ['eu-west-1', 'connections']

export type ConnectionsBed = {
  readonly parts: ItemsParts
  readonly time: ManualTime
  /** What was waited before rows were sent again, ms. */
  readonly pauses: readonly number[]
  /** Sort keys of all rows that the table has, those that have run out too. */
  rows(): readonly string[]
  /** The nth call from now on, counted from 1, and all after it never go out: the function died. Infinity: none. */
  dieAt(call: number): void
  stop(): Promise<void>
}

export async function openConnectionsTable(
  options: Partial<TablesParts> = {}
): Promise<ConnectionsBed> {
  const time = createManualTime()
  const tables = await startTables({
    regions: [region],
    tables: [{ name, schema: { pk: 'pk', sk: 'sk' }, isGlobal: false, ttl: 'exp' }],
    ...{ time, chance: seededChance(1), lagMs: () => 0, skewMs: () => 0, coalesceShare: 0 },
    ...{ unprocessedShare: 0, staleShare: 0.5, ttlLateMs: () => 0 },
    ...options
  })
  time.onStep(tables.rest)
  const client = clientOf(tables, region)
  const pauses: number[] = []
  let callsLeft = Infinity
  client.middlewareStack.add(
    (next) => async (call) => {
      callsLeft -= 1
      if (callsLeft < 1) throw new Error('The function died')
      return next(call)
    },
    { step: 'initialize' }
  )
  return {
    parts: { client, name, pause: async (ms) => void pauses.push(ms) },
    time,
    pauses,
    rows: () =>
      tables
        .region(region)
        .items(name)
        .map(({ sk }) => (sk as { S: string }).S),
    dieAt(call) {
      callsLeft = call
    },
    async stop() {
      client.destroy()
      await tables.stop()
    }
  }
}

/** What another function has, which remembers nothing of what this one did. */
export const functionOn = ({ parts, time }: ConnectionsBed) => createConnections(parts, time.now)

export const document = channelOf('document').document

export function memberOf(connection: ConnectionId, more: Partial<Member> = {}): Member {
  const person = personOf(1)
  return {
    ...{ document, channel: 'content', connection, person, protocol: 1, role: 'editor' },
    ...more
  }
}
