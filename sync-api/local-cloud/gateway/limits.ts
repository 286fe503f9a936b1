// What API Gateway allows a WebSocket API, as the stand-in enforces it. Sources: tests/local-cloud/gateway-facts.ts.

/** Of one frame from a client, bytes; a message to a client leaves in frames of this size. */
export const frameBytesMax = 32 * 1024

/** Of one message either way, bytes: several frames. */
export const messageBytesMax = 128 * 1024

/** What is billed as one message, bytes. */
export const billedMessageBytes = 32 * 1024

/** A connection over which no message went, ms. */
export const idleMsMax = 10 * 60_000

/** A connection's life, ms. */
export const ageMsMax = 2 * 60 * 60_000

/** How long an integration may take, ms; the function behind it goes on. */
export const integrationMsMax = 29_000

/** What an authorizer returns, as JSON, bytes. */
export const authorizerBytesMax = 8 * 1024

/** Of an account in a region, a second: new connections, and how many may come at once. */
export const connectionsPerSecond = 500
export const connectionsAtOnce = 500

/** Of an account in a region, a second, over all its APIs and callbacks; and how many may come at once. */
export const requestsPerSecond = 10_000
export const requestsAtOnce = 5_000

/**
 * Bytes that wait in the gateway for a client to read them; past it, senders are told 429. AWS
 * publishes that there is such a bound, and not how much it is.
 */
export const unreadBytesMax = 1024 * 1024

/** How long a client may take to answer a close, ms. */
export const closeMsMax = 2_000

/** Of an HTTP API: a body, bytes. Lambda takes less, above all of bytes, which grow by a third on the way. */
export const httpBodyBytesMax = 10 * 1024 * 1024

/** Of an HTTP API: the request line and all values of headers, bytes. */
export const httpHeadBytesMax = 10_240

/** How long an integration of an HTTP API may take, ms. */
export const httpIntegrationMsMax = 30_000
