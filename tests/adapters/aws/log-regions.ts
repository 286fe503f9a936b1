// Three regions that write one log, on the stand-in of global tables: replication comes when a test lets time pass.
import { createDynamoTable } from '../../../sync-api/adapters/aws/dynamo-table'
import { createMemoryFolder } from '../../../sync-api/adapters/memory/folder'
import { createGlobalLog, type GlobalLog } from '../../../sync-api/adapters/aws/global-log'
import { refOfLog, updateNameOf } from '../../../sync-api/adapters/aws/keys'
import { rowInStream, type StreamRecord } from '../../../sync-api/adapters/aws/stream-records'
import type { Row, Table } from '../../../sync-api/adapters/aws/table'
import { entriesOfRows } from '../../../sync-api/adapters/aws/update-rows'
import type { TablesParts } from '../../../sync-api/local-cloud/tables/global-tables'
import { createChance } from '../../simulation/chance'
import { createMemoryTail } from '../../simulation/regions/memory-tail'
import { log, openTables, regions, type TablesBed } from '../../local-cloud/tables-bed'

export type LogRegions = {
  readonly bed: TablesBed
  in(region: string): GlobalLog
  /** Sort keys of the rows in a region's replica. */
  keysIn(region: string): readonly string[]
  /** Long enough for all that is under way to come everywhere. */
  settle(): Promise<void>
  stop(): Promise<void>
}

export async function openLogRegions(options: Partial<TablesParts> = {}): Promise<LogRegions> {
  const bed = await openTables({ staleShare: 1, unprocessedShare: 0.2, ...options })
  const chance = createChance(1)
  const pause = (): Promise<void> => Promise.resolve()
  const tableOf = (region: string): Table =>
    createDynamoTable({ client: bed.client(region), name: log, pause })
  const logs = new Map(
    regions.map((region) => [
      region,
      createGlobalLog({
        table: tableOf(region),
        others: () => regions.filter((other) => other !== region).map(tableOf),
        tail: createMemoryTail({ random: chance.bytes, pause, entriesMax: 1_000 }),
        ...{ region, members: regions, fold: createMemoryFolder().fold },
        ...{ random: chance.bytes, now: bed.time.now }
      })
    ])
  )
  for (const region of regions) {
    bed.connect(region, ({ Records }) =>
      takeIn(logs.get(region)!, Records as readonly StreamRecord[])
    )
  }
  return {
    bed,
    in: (region) => logs.get(region)!,
    keysIn: (region) =>
      bed.tables
        .region(region)
        .items(log)
        .map(({ sk }) => (sk as { S: string }).S)
        .toSorted(),
    settle: () => bed.time.advance(10_000),
    stop: bed.stop
  }
}

/** As the function does that a region's stream is handed to. */
async function takeIn(log: GlobalLog, records: readonly StreamRecord[]): Promise<void> {
  const rows = records.map(rowInStream).filter((row): row is Row => row !== null)
  for (const row of rows) {
    const ref = refOfLog(row.pk)
    if (ref === null) throw new Error(`${row.pk} is no log`)
    if (updateNameOf(row.sk) === null) await log.tend(ref)
    else {
      const told = entriesOfRows([row]).map((one) => ({ ...one, durable: true }))
      await log.relayed(ref, told)
    }
  }
}
