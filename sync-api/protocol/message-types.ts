// The number of each message type on the wire. A number is never given a second meaning.

export const clientTypes = {
  hello: 1,
  subscribe: 2,
  unsubscribe: 3,
  pull: 4,
  push: 5,
  awareness: 6,
  renew: 7,
  ping: 8,
  digest: 9,
  /** A push with a voucher. */
  'vouched-push': 10
} as const

/** 40 and 41 are kept for `everywhere` and `heads`. */
export const serverTypes = {
  welcome: 20,
  subscribed: 21,
  'catch-up': 22,
  ack: 23,
  entry: 24,
  gap: 25,
  refused: 26,
  'role-changed': 27,
  resync: 28,
  awareness: 29,
  renewed: 30,
  pong: 31,
  'hand-over': 32,
  error: 33,
  unknown: 34,
  'schema-raised': 35,
  differs: 36,
  /** A catch-up and an entry whose entries carry receipts. */
  'vouched-catch-up': 37,
  'vouched-entry': 38
} as const

/** A piece of a frame, in both directions: chunks.ts. */
export const chunkType = 60
