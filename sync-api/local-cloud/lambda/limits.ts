// What AWS Lambda allows, as the stand-in enforces it. Sources: tests/local-cloud/lambda-facts.ts.

/** A request and an answer of a caller who waits, bytes. */
export const syncPayloadBytesMax = 6 * 1024 * 1024

/** An event that nobody waits for, bytes; 256 KB until 2026. */
export const eventPayloadBytesMax = 1024 * 1024

/** All names and values of a function's environment, bytes. */
export const environmentBytesMax = 4 * 1024

/** A handler may be set to run this long, ms. */
export const timeoutMsMax = 15 * 60_000

/** An account's environments that work at the same time, unless it asked for more. */
export const accountConcurrency = 1_000

/** Waits before an event whose handler failed is handled again, ms: two retries, then it is given up. */
export const eventRetryMs = [60_000, 120_000] as const

/** An event that finds no environment is tried again after this, doubled each time up to the longest, ms. */
export const throttledRetryMs = 1_000
export const throttledRetryMsMax = 5 * 60_000

/** An event that found no environment for this long is given up, ms. */
export const eventAgeMsMax = 6 * 60 * 60_000
