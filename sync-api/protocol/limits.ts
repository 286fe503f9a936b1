// Every bound of the protocol in one place: the number, its unit and its reason.

/** One WebSocket frame, bytes as sent. API Gateway closes with 1009 above 32 KB; base64 is included. */
export const frameBytesMax = 30_000

/** Payload bytes of one chunk: 22,000 become 29,336 characters of base64, which fits a frame. */
export const chunkPayloadBytes = 22_000

/** Chunks of one message to a relay: bounds what a connection can make it hold (about 308 KB). */
export const chunksToRelayMax = 14

/** Chunks of one message to a client: the largest checkpoint and its envelope (about 1 MB). */
export const chunksToClientMax = 48

/**
 * Chunked messages to a client under way at once: where many functions answer for a region, each sends its own. Four pulls, and the
 * largest of what others paste meanwhile.
 */
export const chunkedToClientMax = 16

/** Largest update pushed over the socket, bytes; larger ones go through the bulk HTTP call. */
export const socketUpdateBytesMax = 256 * 1024

/** Largest single update at all, bytes: a paste of about a million characters with formatting. */
export const updateBytesMax = 4 * 1024 * 1024

/** Runs of insertions in one update: what the relay checks in a few milliseconds. */
export const structsPerUpdateMax = 20_000

/** Ranges that one update deletes: likewise. */
export const rangesPerUpdateMax = 20_000

/** Body of one bulk HTTP call in either direction, bytes: one largest update and its envelope. */
export const bulkBytesMax = updateBytesMax + 64 * 1024

/**
 * Entry bytes in one catch-up page over the socket; one page is at most one chunked message. Larger
 * ones would keep carets and acks behind them waiting where the line is slow.
 */
export const pageBytesMax = socketUpdateBytesMax

/**
 * A checkpoint over the socket, bytes, to a connection that reads a document from its beginning and
 * pulls nothing else: nobody writes in that document there yet, so little waits behind it, and a
 * call by HTTP would cost another way there and back. A history of 260,000 keystrokes folds to 377 KB.
 */
export const socketCheckpointBytesMax = 1024 * 1024

/** Messages in one frame: two-byte pings would otherwise become a hundred times their size. */
export const messagesPerFrameMax = 20_000

/** Entries in one catch-up or entry message: a page of the smallest updates (11 bytes) has 24,000. */
export const entriesPerMessageMax = 50_000

/** Items in one subscribe or unsubscribe: 200 of them with full cursors fit one chunked message. */
export const itemsPerMessageMax = 200

/** Subscriptions of one connection: a person's whole library on one socket, still a few MB here. */
export const subscriptionsPerConnectionMax = 5_000

/** Writers named by one push: tabs of one device whose offline work was sealed together. */
export const writersPerPushMax = 64

/** A presence state, bytes of JSON: a name, a colour and two relative positions take about 400. */
export const awarenessBytesMax = 4 * 1024

/** Presence states in one server message: a document's people arrive in several if there are more. */
export const peoplePerMessageMax = 60

/** A resume position, bytes: room for one counter per region and a log id. */
export const cursorBytesMax = 64

/** A receipt, bytes: what a relay has to know of an entry again, and its MAC. */
export const receiptBytesMax = 64

/** A ticket, characters (all ASCII): three base64url parts of a small JWT. */
export const ticketLengthMax = 2_048

/** A nonce, and the short names of a release and a region, bytes of UTF-8. */
export const labelBytesMax = 64

/** A link's secret or a recovery key, bytes of entropy: 128 bits cannot be guessed. */
export const secretBytes = 16

/** A person's display name, UTF-16 units. */
export const nameLengthMax = 60

/** A rights entry as stored, bytes of JSON. */
export const rightsEntryBytesMax = 2_048

/** Silence after which either side considers the connection dead, ms (two missed heartbeats). */
export const silenceMsMax = 45_000

/** Heartbeat of a visible client, ms. Browsers cannot send WebSocket pings, so these are messages. */
export const heartbeatMs = 20_000

/** How long a ticket lives, seconds: short, since it is renewed in-band without a pause. */
export const ticketLifetimeS = 600

/** How long a nonce may be signed after it was given, ms. */
export const nonceLifetimeMs = 60_000

/** How long a code for adding a device works, ms: time to walk to the other device. */
export const deviceCodeLifetimeMs = 10 * 60_000

/** Body of a JSON call, bytes: the largest one is a name, a key and a signature. */
export const jsonBytesMax = 8 * 1024
