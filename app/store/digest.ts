// The digest of what is stored of a channel, as far as it is worth the time.
import type { Channel } from '../../sync-api/protocol/roles'
import { digestOfState } from './fold'

/** Stored updates, bytes, beyond which no digest is made: so many, one a key, keep a page busy some 100 ms. */
export const digestedBytesMax = 512 * 1024

/** Null for more than `digestedBytesMax`. */
export function digestOfStored(
  channel: Channel,
  updates: readonly Uint8Array[]
): Uint8Array | null {
  const bytes = updates.reduce((sum, { length }) => sum + length, 0)
  return bytes > digestedBytesMax ? null : digestOfState(channel, updates)
}
