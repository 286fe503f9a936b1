// Every bound of the AWS adapters in one place: the number, its unit and its reason.

/** Bytes of a row's body: DynamoDB takes items of 400 KB, key and attribute names included. */
export const rowBytesMax = 350 * 1024

/** How long an entry told by another region may be missing in this region's table before it is put here, ms: replication is late. */
export const lateMs = 5_000

/** How often a reader looks again for a checkpoint whose chunks have not all come yet. */
export const checkpointTriesMax = 5

/** Random bytes in the name of a checkpoint's version: two folds of one number in one region never meet. */
export const versionChanceBytes = 4

/** Puts of one append under way at once. */
export const putsAtOnceMax = 25

/** Logs of which a function remembers where they stand: some KB each. */
export const headsCachedMax = 1_000
