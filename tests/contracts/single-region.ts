// A log of several regions where there is only one: its replica and its order in memory.
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createGlobalLog, type GlobalLog } from '../../sync-api/adapters/aws/global-log'
import { createChance } from '../simulation/chance'
import { createMemoryTail } from '../simulation/regions/memory-tail'
import { createReplicas, type Replicas } from '../simulation/regions/replicas'
import { noTroubles } from '../simulation/regions/troubles'
import { createTime } from '../simulation/time'

const region = 'here'

export type SingleRegion = { readonly replicas: Replicas; open(): GlobalLog }

/** Every log it opens has the same replica, and an order of its own unless it is given back. */
export function singleRegion(seed: number): SingleRegion {
  const time = createTime()
  const chance = createChance(seed)
  const replicas = createReplicas(time, chance, noTroubles, [region])
  return {
    replicas,
    open: () =>
      createGlobalLog({
        table: replicas.table(region),
        others: () => [],
        tail: createMemoryTail({
          random: chance.bytes,
          pause: () => Promise.resolve(),
          entriesMax: 1_000
        }),
        ...{ region, members: [region], fold: createMemoryFolder().fold },
        ...{ random: chance.bytes, now: time.now }
      })
  }
}
