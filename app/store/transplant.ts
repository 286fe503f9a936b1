// The content of one document as the first edit of another: when it must change its owner.
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import {
  clientIdOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type PersonId,
  type WriterId
} from '../../sync-api/protocol/ids'
import { contentRoots } from '../../sync-api/protocol/roots'
import type { LocalUpdate } from './ports'
import { takeAll } from './take-all'

/** A Y.Doc of a content channel as any replica makes it: entry zero, then `updates`. Throws where Yjs cannot read one. */
export function contentDoc(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  const [failed] = takeAll(doc, [entryZero, ...updates])
  if (failed !== undefined) throw failed.cause
  return doc
}

/** Whether anybody has written anything: a title, or more than the one empty paragraph. */
export function hasContent(doc: Y.Doc): boolean {
  const body = doc.getXmlFragment(contentRoots.body)
  if (doc.getText(contentRoots.title).length > 0 || body.length > 1) return true
  const first = body.length === 1 ? body.get(0) : null
  return !(first instanceof Y.XmlElement) || first.nodeName !== 'paragraph' || first.length > 0
}

/**
 * The content of `source` as one update of the new content channel `ref`, by a fresh writer of
 * `person`. Its history stays behind: those insertions belong to somebody else.
 */
export function transplant(
  source: Y.Doc,
  ref: ChannelRef,
  person: PersonId,
  random: (length: number) => Uint8Array
): LocalUpdate {
  return edit(contentDoc([]), ref, person, random, (doc) => {
    const body = doc.getXmlFragment(contentRoots.body)
    body.delete(0, body.length)
    body.push(source.getXmlFragment(contentRoots.body).toArray().map(cloned))
    const title = doc.getText(contentRoots.title)
    title.insert(0, source.getText(contentRoots.title).toJSON())
  })
}

/** What `change` does to `doc`, as one update by a fresh writer of `person`; ends the doc. */
export function edit(
  doc: Y.Doc,
  ref: ChannelRef,
  person: PersonId,
  random: (length: number) => Uint8Array,
  change: (doc: Y.Doc) => void
): LocalUpdate {
  const writer = idOf<WriterId>(random(shortIdBytes))
  doc.clientID = clientIdOf(ref, person, writer)
  let made: Uint8Array | null = null
  doc.on('update', (update) => {
    made = update
  })
  Y.transact(doc, () => change(doc))
  doc.destroy()
  if (made === null) throw new Error('The edit changed nothing')
  return { update: made, writer }
}

function cloned(node: Y.XmlElement | Y.XmlText | Y.XmlHook): Y.XmlElement | Y.XmlText {
  if (node instanceof Y.XmlHook) throw new Error('A document holds no hooks')
  return node.clone()
}
