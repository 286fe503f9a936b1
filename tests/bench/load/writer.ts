// Honest keystrokes, encoded before they are sent: one Y.Doc types, its updates are the load.
import * as Y from 'yjs'
import { contentRoots } from '../../../sync-api/protocol/roots'

/** Clocks that the first key takes besides its own: the paragraph and its text. */
const firstKeyClocks = 2

export type Writer = {
  readonly client: number
  /** Updates of the next keys, one each. */
  type(keys: number): Uint8Array[]
}

/** A writer with a paragraph of their own: needs nothing that somebody else wrote. */
export function createWriter(client: number): Writer {
  const doc = new Y.Doc()
  doc.clientID = client
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  const text = new Y.XmlText()
  let typed = 0
  const press = (): void => {
    if (typed === 0) doc.get(contentRoots.body, Y.XmlFragment).push([paragraphOf(text)])
    text.insert(typed, 'abcdefghijklmnopqrstuvwxyz '[typed % 27] ?? ' ')
    typed += 1
  }
  return {
    client,
    type: (keys) => {
      for (let key = 0; key < keys; key++) doc.transact(press)
      return updates.splice(0)
    }
  }
}

function paragraphOf(text: Y.XmlText): Y.XmlElement {
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [text])
  return paragraph
}

/** How many keys of a writer a replica has whose clock for that writer is `clock`. */
export function keysAt(clock: number): number {
  return Math.max(0, clock - firstKeyClocks)
}

/** One update that writes about `bytes` bytes of text in paragraphs of 400 characters. */
export function encodeFilledDocument(client: number, bytes: number): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = client
  const body = doc.get(contentRoots.body, Y.XmlFragment)
  for (let written = 0; written < bytes; written += 410) {
    const text = new Y.XmlText()
    text.insert(0, 'The quick brown fox jumps over the lazy dog. '.repeat(9).slice(0, 400))
    body.push([paragraphOf(text)])
  }
  return Y.encodeStateAsUpdate(doc)
}
