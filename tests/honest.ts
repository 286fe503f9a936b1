// Updates as an honest client makes them: by a writer of the person who pushes, into a root of the channel.
import * as Y from 'yjs'
import {
  clientIdOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type PersonId,
  type WriterId
} from '../sync-api/protocol/ids'
import { commentsRoots, contentRoots } from '../sync-api/protocol/roots'

/** The writers of tests, told apart by a number. */
export function writerOf(number: number): WriterId {
  const bytes = new Uint8Array(shortIdBytes)
  new DataView(bytes.buffer).setUint32(0, number)
  return idOf(bytes)
}

/** A text into the title, or said as a comment; or whatever is done to the document. */
export type Written = string | ((doc: Y.Doc) => void)

/** The first thing that a writer of `person` writes. */
export function firstUpdateOf(
  ref: ChannelRef,
  person: PersonId,
  writer: WriterId,
  written: Written
): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, person, writer)
  if (typeof written === 'function') written(doc)
  else if (ref.channel === 'comments') doc.getArray(commentsRoots.events).push([written])
  else doc.getText(contentRoots.title).insert(0, written)
  return Y.encodeStateAsUpdate(doc)
}
