// What stands in a region's replica at this moment: looked at from outside, without waiting and without its cache.
import { load } from '../../../sync-api/adapters/aws/loading'
import { logKey } from '../../../sync-api/adapters/aws/keys'
import type { Table } from '../../../sync-api/adapters/aws/table'
import type { ChannelRef } from '../../../sync-api/protocol/ids'
import type { RegionWorld } from './region-world'

export async function storedIn(
  { replicas }: RegionWorld,
  region: string,
  ref: ChannelRef
): Promise<readonly Uint8Array[]> {
  const none = (): never => {
    throw new Error('Only looked at')
  }
  const table: Table = {
    ...{ putNew: none, putNext: none, remove: none, get: none },
    read: async (pk, { after, upTo }) => ({
      rows: replicas.rows(region, pk).filter(({ sk }) => sk > after && sk <= upTo),
      more: false
    })
  }
  const { checkpoints, entries } = await load(table, logKey(ref))
  const folded = checkpoints.map(({ checkpoint }) => checkpoint.update)
  return [...folded, ...entries.map(({ entry }) => entry.update)]
}
