// Ids and bytes for tests of the app's storage: the same number gives the same id.
import * as Y from 'yjs'
import {
  clientIdOf,
  documentIdOf,
  idOf,
  longIdBytes,
  shortIdBytes,
  type ChannelRef,
  type OutboxId,
  type PersonId,
  type TabId,
  type WriterId
} from '../../sync-api/protocol/ids'
import type { Voucher } from '../../sync-api/protocol/messages'

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

export function aVoucher(number: number): Voucher {
  const outbox = idOf<OutboxId>(numbered(shortIdBytes, 99))
  return { outbox, n: number, receipt: numbered(33, number) }
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

/** Somebody who types into the text of a document with client ids as the app makes them. */
export function createTypist(
  ref: ReturnType<typeof aRef>,
  writer: WriterId
): { type(text: string): { update: Uint8Array; writer: WriterId } } {
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, aPerson, writer)
  let made = new Uint8Array()
  doc.on('update', (update) => {
    made = new Uint8Array(update)
  })
  const text = doc.getText('title')
  return {
    type(letters) {
      text.insert(text.length, letters)
      return { update: made, writer }
    }
  }
}

/** The title that the updates together make. */
export function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc.getText('title').toJSON()
}
