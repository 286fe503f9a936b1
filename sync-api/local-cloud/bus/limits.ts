// Every bound of EventBridge that the stand-in enforces: the number, its unit and where it is from.

/** Entries of one call (API reference, PutEvents). */
export const entriesMax = 10

/** Bytes of the entries of one call, together (AWS Compute blog, 2026-01-29: 1 MB; 256 KB before). */
export const entriesBytesMax = 1024 * 1024

/** Each started 64 KB of an event is billed as one (pricing page). */
export const billedBytes = 64 * 1024

/** Characters of a rule's pattern; rules of a bus; targets of a rule (EventBridge quotas). */
export const patternCharactersMax = 2_048
export const rulesMax = 300
export const targetsMax = 5

/** Calls of PutEvents in a second (EventBridge quotas); regions that are not named have the least. */
export const putsPerSecond: Readonly<Record<string, number>> = {
  'us-east-1': 10_000,
  'eu-west-1': 10_000,
  'ap-southeast-1': 1_200
}
export const putsPerSecondElsewhere = 400

/** Invocations of targets in a second; what is above comes later (EventBridge quotas). */
export const invocationsPerSecond: Readonly<Record<string, number>> = {
  'us-east-1': 18_750,
  'eu-west-1': 18_750,
  'ap-southeast-1': 2_250
}
export const invocationsPerSecondElsewhere = 1_100

/** Tries and age of a delivery that a target can ask for at most (API reference, RetryPolicy). */
export const retriesMax = 185
export const ageMsMax = 24 * 3_600_000

/** Buses that an event may cross after its first: a second crossing is refused (User guide, "Bus to bus"; seen on AWS). */
export const hopsMax = 1

/** Between tries, ms: the service says exponential and with jitter, not how long. */
export const firstRetryMs = 1_000
export const retryMsMax = 60_000

/** Bytes of a request's body: the entries and what JSON adds to them. */
export const requestBytesMax = 16 * 1024 * 1024
