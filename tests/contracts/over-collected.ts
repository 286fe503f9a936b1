// Updates of an honest document at which Yjs throws when it takes them in as one transaction.
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'

/**
 * Somebody types on in a paragraph that another deletes, who has half of it: `updates` are the first half; all that the
 * other has, the half as collected; and the run of typing, which begins in the middle of the first and ends behind what was collected.
 */
export function overCollected(): { readonly updates: readonly Uint8Array[]; paragraphs: number } {
  const author = new Y.Doc()
  Y.applyUpdate(author, entryZero)
  const paragraph = new Y.XmlElement('paragraph')
  author.getXmlFragment('body').insert(0, [paragraph])
  paragraph.insert(0, [new Y.XmlText('the sea ')])
  const [text] = paragraph.toArray()
  if (!(text instanceof Y.XmlText)) throw new Error('A paragraph without text')
  const first = Y.encodeStateAsUpdate(author)
  const middle = Y.encodeStateVectorFromUpdate(first)
  text.insert(text.length, 'is wide ')
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(author))
  other.getXmlFragment('body').delete(0, 1)
  text.insert(text.length, 'and deep')
  const run = Y.encodeStateAsUpdate(author, middle)
  return { updates: [first, Y.encodeStateAsUpdate(other), run], paragraphs: 1 }
}
