// A table of one region as DynamoDB keeps it, behind the real SDK client: batches half done, reads that may be old.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { startTables } from '../../sync-api/local-cloud/tables/global-tables'
import { machineTime } from '../../sync-api/local-cloud/time'
import { createSeeded } from '../protocol/seeded'
import type { LocalTable } from './dynalite'

export async function startTableInRegion(): Promise<LocalTable> {
  const [region, name] = ['eu-west-1', 'log']
  const { below } = createSeeded(1)
  const tables = await startTables({
    regions: [region],
    tables: [{ name, schema: { pk: 'pk', sk: 'sk' }, isGlobal: true, ttl: null }],
    ...{ time: machineTime, chance: () => below(2 ** 30) / 2 ** 30 },
    ...{ lagMs: () => 0, skewMs: () => 0, coalesceShare: 0, ttlLateMs: () => 0 },
    ...{ unprocessedShare: 0.2, staleShare: 0.5 }
  })
  const client = new DynamoDBClient({
    endpoint: tables.region(region).endpoint,
    region,
    credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' }
  })
  return {
    client,
    name,
    async stop() {
      client.destroy()
      await tables.stop()
    }
  }
}
