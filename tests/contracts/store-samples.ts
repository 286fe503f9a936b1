// Ids and bytes for tests of the app's storage: the same number gives the same id.
import {
  documentIdOf,
  idOf,
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type PersonId,
  type TabId,
  type WriterId
} from '../../sync-api/protocol/ids'

export const aPerson: PersonId = idOf<PersonId>(numbered(longIdBytes, 7))

export function aRef(number: number): ChannelRef {
  return { document: documentIdOf(aPerson, `nonce ${number}`), channel: 'content' }
}

export function aWriter(number: number): WriterId {
  return idOf<WriterId>(numbered(shortIdBytes, number))
}

export function aTab(number: number): TabId {
  return idOf<TabId>(numbered(shortIdBytes, number))
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes as different from each other as random ones, in the same order every time. */
export function createCountingRandom(start = 1): (length: number) => Uint8Array {
  let count = start
  return (length) => numbered(length, count++)
}

function numbered(length: number, number: number): Uint8Array {
  const made = new Uint8Array(length)
  new DataView(made.buffer).setUint32(0, number)
  return made
}
