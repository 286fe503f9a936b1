// The log of every document: one DynamoDB global table with a replica in each region.
import { homeRegion, type Region } from './regions'
import type { Place } from './place'

export type LogTable = {
  readonly name: $util.Output<string>
  /** Of the region's own replica: SST's `link` would grant the home region's alone. */
  arnIn(region: Region): $util.Output<string>
  streamArnIn(region: Region): $util.Output<string>
}

/** `home` is the place of the home region. */
export function makeLogTable({ stage, options }: Place): LogTable {
  const others = stage.regions.filter((region) => region !== homeRegion)
  const table = new sst.aws.Dynamo(
    'Log',
    {
      fields: { pk: 'string', sk: 'string' },
      primaryIndex: { hashKey: 'pk', rangeKey: 'sk' },
      // Replication needs both images. There is no TTL: nothing of a document may go by itself.
      stream: 'new-and-old-images',
      deletionProtection: stage.keep,
      transform: {
        table: (table) => {
          if (others.length === 0) return
          table.replicas = others.map((regionName) => ({
            regionName,
            pointInTimeRecovery: true,
            propagateTags: true,
            deletionProtectionEnabled: stage.keep
          }))
        }
      }
    },
    options
  )
  const { accountId } = aws.getCallerIdentityOutput()
  return {
    name: table.name,
    arnIn: (region) =>
      region === homeRegion
        ? table.arn
        : $interpolate`arn:aws:dynamodb:${region}:${accountId}:table/${table.name}`,
    streamArnIn: (region) =>
      region === homeRegion
        ? table.nodes.table.streamArn
        : table.nodes.table.replicas.apply((replicas) => streamOf(replicas ?? [], region))
  }
}

function streamOf(
  replicas: readonly { readonly regionName: string; readonly streamArn?: string }[],
  region: Region
): string {
  const found = replicas.find((replica) => replica.regionName === region)
  if (found?.streamArn === undefined) throw new Error(`The replica in ${region} has no stream.`)
  return found.streamArn
}
