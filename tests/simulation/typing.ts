// What a person does to a document: types, deletes, changes the title, adds and removes paragraphs.
import * as Y from 'yjs'
import { contentRoots } from '../../sync-api/protocol/roots'
import type { Chance } from './chance'

const words = ['sea', 'tide', 'meridian', 'chart ', 'log ', 'noon ', 'star', ' ', '. ']

/** One edit, as one transaction of the given origin. `numbered` gives a word that nobody else types. */
export function edit(doc: Y.Doc, chance: Chance, origin: object, numbered: () => string): void {
  doc.transact(() => change(doc, chance, numbered), origin)
}

function change(doc: Y.Doc, chance: Chance, numbered: () => string): void {
  const word = (): string => (chance.happens(0.2) ? numbered() : chance.pick(words))
  const kind = chance.below(10)
  if (kind < 2) return changeText(doc.getText(contentRoots.title), chance, word)
  const body = doc.getXmlFragment(contentRoots.body)
  if (kind === 2 || body.length === 0) {
    return body.insert(chance.below(body.length + 1), [new Y.XmlElement('paragraph')])
  }
  if (kind === 3 && body.length > 1) return body.delete(chance.below(body.length), 1)
  const paragraph = chance.pick(body.toArray())
  if (!(paragraph instanceof Y.XmlElement)) return
  const [text] = paragraph.toArray()
  if (text instanceof Y.XmlText) return changeText(text, chance, word)
  paragraph.insert(0, [new Y.XmlText(word())])
}

function changeText(text: Y.Text, { below, happens }: Chance, word: () => string): void {
  if (text.length > 0 && happens(0.3)) {
    const at = below(text.length)
    return text.delete(at, Math.min(text.length - at, 1 + below(4)))
  }
  text.insert(below(text.length + 1), word())
}
