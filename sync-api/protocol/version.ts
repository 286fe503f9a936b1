// Versions a hello carries. Change the wire and a test asks for a new line here.

/**
 * Version of the wire, and its history: a line for each, with a hash of sample messages of every
 * type, by which tests/protocol/version.test.ts notices a change.
 * 1 (wire 9792023b713dde5e): frames of length-prefixed messages, binary or base64 text, multiplexed channels.
 * 2 (wire 126b98cb99295fb0): `unknown`, for a push that builds on what the log does not have; `schema-raised`, which says
 *   what major of the schema a document was written under.
 * 3 (wire 0a976ca40f31cb5c): `digest` and `differs`, by which a copy that silently became another than the log is found; receipts
 *   on entries and `vouched-push`, by which entries of others are given back to a log that has lost them.
 */
export const protocolVersion = 3

/** Since when a relay compares digests. */
export const digestsSince = 3

/** Since when a client is given receipts, and may give entries back by them. */
export const receiptsSince = 3

/** Oldest client wire this relay still answers. */
export const protocolVersionMin = 1

/**
 * The WebSocket subprotocol both sides agree on; the ticket travels as the value after it. It names the
 * handshake and the frames, which every version has had: a hello says which version comes in them.
 */
export const subprotocol = 'meridian.1'

/**
 * Version of the document schema. A new major means older releases cannot keep what newer ones write.
 * 1: paragraphs, headings, lists, tasks, quotes, code, rules, inline marks.
 */
export const schemaVersion = { major: 1, minor: 0 } as const

export type SchemaVersion = { readonly major: number; readonly minor: number }
