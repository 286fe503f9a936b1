// Who is connected to a region: a plain table there, since a connection is a fact of one region.
import { componentName } from './names'
import type { Place } from './place'

export function makeConnectionsTable({ region, options }: Place) {
  return new sst.aws.Dynamo(
    componentName('Connections', region),
    {
      fields: { pk: 'string', sk: 'string' },
      primaryIndex: { hashKey: 'pk', rangeKey: 'sk' },
      // A connection lasts two hours at most, and `$disconnect` may never come.
      ttl: 'exp',
      // Nothing here is worth restoring.
      transform: { table: { pointInTimeRecovery: { enabled: false } } }
    },
    options
  )
}
