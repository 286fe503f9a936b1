// What one partition of a table can take: a bucket of units that the clock fills.
import type { LocalTime } from '../time'

export type Throughput = {
  /** Whether the partition has anything left. */
  isOpen(partition: string): boolean
  /** Takes what was used; the last call before it is empty may take more than is left. */
  take(partition: string, units: number): void
}

export function createThroughput(time: LocalTime, unitsPerSecond: number): Throughput {
  const buckets = new Map<string, { left: number; at: number }>()

  function bucketOf(partition: string): { left: number; at: number } {
    const now = time.now()
    const before = buckets.get(partition) ?? { left: unitsPerSecond, at: now }
    const filled = before.left + ((now - before.at) / 1000) * unitsPerSecond
    const bucket = { left: Math.min(unitsPerSecond, filled), at: now }
    buckets.set(partition, bucket)
    return bucket
  }

  return {
    isOpen: (partition) => bucketOf(partition).left > 0,
    take(partition, units) {
      bucketOf(partition).left -= units
    }
  }
}
