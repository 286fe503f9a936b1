// What one partition of a table can take: a bucket of units each.
import { createBucket, type Bucket } from '../bucket'
import type { LocalTime } from '../time'

/** The bucket of a partition, by its name. */
export type Throughput = (partition: string) => Bucket

export function createThroughput(time: LocalTime, unitsPerSecond: number): Throughput {
  const buckets = new Map<string, Bucket>()
  return (partition) => {
    const bucket = buckets.get(partition) ?? createBucket(time, unitsPerSecond)
    buckets.set(partition, bucket)
    return bucket
  }
}
