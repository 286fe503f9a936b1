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

/** Rows of one BatchWriteItem: DynamoDB takes no more. */
export const batchRowsMax = 25

/** How often rows that DynamoDB did not get to are sent again, and how long is waited before the first time, ms; it doubles. */
export const batchTriesMax = 8
export const batchPauseMs = 25

/** Entries of a log whose order is kept: what a client missed that was away for a while and a checkpoint would cost more. */
export const orderEntriesMax = 2_000

/** Keys of which is remembered that they came into an order, longer than the entries: folds are checked against them. */
export const orderKeysMax = 10_000

/** Entries of one answer of the cache: about a page. */
export const orderPageMax = 200

/** Seconds after which the order of a log that nobody uses is forgotten: a day. */
export const orderLifetimeS = 24 * 60 * 60

/** How long the cache may take for an answer, ms: beyond it a log goes on without. */
export const cacheTimeoutMs = 250

/** Failures in a row after which a breaker opens: one may be chance, three are not. */
export const breakerFailures = 3

/** How long what failed is left alone before one call looks again, ms. */
export const breakerRestMs = 5_000

/** How long API Gateway keeps a connection, seconds: two hours, and a while for what comes late. */
export const connectionLifetimeS = 2 * 60 * 60 + 10 * 60

/** Partitions over which connections are spread, so that they can be counted: each takes 1,000 writes a second. */
export const connectionShards = 16

/** How long a message that came in chunks may be incomplete, seconds. */
export const chunkLifetimeS = 60

/** Connections of which a function remembers what they said in their hello, about 200 bytes each. */
export const connectionsCachedMax = 2_000

/** @connections calls of one function under way at once: they take some 10 ms each. */
export const postsAtOnceMax = 50

/** Entries of one PutEvents: EventBridge takes no more. */
export const busEntriesMax = 10

/** Bytes of an event's detail that carries entries; above it the event names their keys. One billed unit is 64 KB. */
export const busDetailBytesMax = 48 * 1024

/** How long a call to a service of the region may take before it is given up, ms; a message may take 15 s in all. */
export const serviceTimeoutMs = 3_000

/** Seconds after which presence that nobody ended is forgotten: longer than any connection. */
export const presenceLifetimeS = connectionLifetimeS

/** Seconds after which a log that is still due is asked to be folded again: folding takes some seconds at most. */
export const foldMarkS = 30

/**
 * How often a put is tried again that its partition had no room for, and after how long, ms: a partition takes about 1 MB a second,
 * the largest update 4 MB, and who pushes waits 25 s.
 */
export const throttledTriesMax = 20
export const throttledPauseMs = 500
