// Every bound of DynamoDB that the stand-in enforces besides dynalite: the number, its unit and where it is from.

/** Write units of one partition in a second (Developer Guide, "Burst and adaptive capacity"). */
export const partitionWritesPerSecond = 1_000

/** Read units of one partition in a second (the same). */
export const partitionReadsPerSecond = 3_000

/** Bytes of one write unit, started ones count whole. */
export const writeUnitBytes = 1_024

/** Bytes of one request: what dynalite, like the service, takes at most. */
export const requestBytesMax = 16 * 1024 * 1024

/** How long a stream keeps a record, ms (Developer Guide, "Change data capture for DynamoDB Streams"). */
export const streamKeepsMs = 24 * 3_600_000

/** Shards of one stream here: several, since order holds within one alone. */
export const streamShards = 4

/** Lambda looks for new records this often, ms: 4 times a second (Lambda guide, "Polling and batching streams"). */
export const streamPollMs = 250

/** TTL leaves alone what expired longer ago, ms: five years (Developer Guide, "Using TTL"). */
export const expiredMsMax = 5 * 365 * 24 * 3_600_000

/** How old a read may be that is not strongly consistent, ms: usually all copies agree within a second. */
export const staleMsMax = 1_000

/** Bytes of one batch: what Lambda takes in one invocation (Lambda quotas: 6 MB). */
export const invocationBytesMax = 6 * 1024 * 1024
