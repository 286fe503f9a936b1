// What an honest device writes: a writer of a person, whose edits become numbered pushes.
import { randomBytes } from 'node:crypto'
import * as Y from 'yjs'
import { clientIdOf, idOf, shortIdBytes, type ChannelRef } from '../../protocol/ids'
import type { LinkId, OutboxId, TabId, WriterId } from '../../protocol/ids'
import type { Push } from '../../protocol/messages'
import { commentsRoots, contentRoots } from '../../protocol/roots'
import { schemaVersion } from '../../protocol/version'
import type { Person } from './person'

export type Writing = {
  readonly outbox: OutboxId
  readonly writer: WriterId
  /** Writes `text` behind all that it wrote and seals it as the next push. */
  push(text: string): Push
  /** Deletes all that it wrote, as the next push. */
  erase(): Push
  /** All that it wrote, as the title reads. */
  text(): string
}

/** A new writer of `person`; in a new outbox. */
export function startWriting(ref: ChannelRef, person: Person): Writing {
  const outbox: OutboxId = newId()
  const writer: WriterId = newId()
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, person.id, writer)
  let update = new Uint8Array(0)
  doc.on('update', (bytes: Uint8Array) => (update = Uint8Array.from(bytes)))
  const title = doc.getText(contentRoots.title)
  let n = 0
  const seal = (): Push => pushOf(ref, { outbox, n: ++n, update }, writer)
  return {
    outbox,
    writer,
    push(text) {
      if (ref.channel === 'comments') doc.getArray(commentsRoots.events).push([text])
      else title.insert(title.length, text)
      return seal()
    },
    erase() {
      title.delete(0, title.length)
      return seal()
    },
    text: () => title.toString()
  }
}

/** A push of an update by `writer`. */
export function pushOf(
  { document, channel }: ChannelRef,
  entry: { readonly outbox: OutboxId; readonly n: number; readonly update: Uint8Array },
  writer: WriterId
): Push {
  const { major } = schemaVersion
  const place = { document, channel, epoch: 0, schemaMajor: major, writers: [writer] }
  return { type: 'push', ...place, ...entry }
}

/** A new short id: an outbox, a writer, a tab, a link. */
export function newId<T extends OutboxId | WriterId | TabId | LinkId>(): T {
  return idOf<T>(randomBytes(shortIdBytes))
}
