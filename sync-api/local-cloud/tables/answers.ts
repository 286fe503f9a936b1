// What the operations share: what they work on, and how they turn a caller away.
import { failed, type JsonAnswer } from '../json-server'
import type { LocalChance } from '../time'
import type { Replica } from './replica'
import type { Storage } from './storage'
import type { Units } from './units'

export type OperationsParts = {
  readonly storage: Storage
  /** The replica of a table, or null while there is none. */
  readonly replicaOf: (table: string) => Replica | null
  readonly units: Units
  readonly chance: LocalChance
  /** Share of a batch's parts that is handed back undone. */
  readonly unprocessedShare: number
  /** Share of items that a read which is not strongly consistent sees as they were before. */
  readonly staleShare: number
}

export function noSuchTable(): JsonAnswer {
  return failed(400, 'ResourceNotFoundException', 'Requested resource not found')
}

/** What a caller is told whose partition is used up; tables on demand say it by this name. */
export function throttled(units: Units, kind: 'Read' | 'Write'): JsonAnswer {
  units.throttled += 1
  const reason = `Table${kind}KeyRangeThroughputExceeded`
  return failed(400, 'ThrottlingException', 'Throughput exceeds the limit of a partition', {
    ThrottlingReasons: [{ reason }]
  })
}
