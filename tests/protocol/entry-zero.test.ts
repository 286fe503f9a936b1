// Entry zero: a constant, and exactly what Yjs itself would write.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { entryZero, entryZeroClient } from '../../sync-api/protocol/entry-zero'
import { contentRoots } from '../../sync-api/protocol/roots'

test('[ID5] entry zero is what Yjs makes of one empty paragraph by client 0', () => {
  const doc = new Y.Doc()
  doc.clientID = entryZeroClient
  doc.getXmlFragment(contentRoots.body).insert(0, [new Y.XmlElement('paragraph')])
  expect(entryZero).toEqual(Y.encodeStateAsUpdate(doc))
})

test('[ID5] applied by every replica, in any order and twice, it is one paragraph', () => {
  const people = [5, 6].map((client) => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, entryZero)
    doc.clientID = client
    const paragraph = doc.getXmlFragment(contentRoots.body).get(0)
    if (!(paragraph instanceof Y.XmlElement)) throw new Error('No paragraph in entry zero')
    paragraph.insert(0, [new Y.XmlText(`by ${client}`)])
    return Y.encodeStateAsUpdate(doc)
  })
  const joined = new Y.Doc()
  for (const update of [...people, entryZero, ...people]) Y.applyUpdate(joined, update)
  const body = joined.getXmlFragment(contentRoots.body)
  expect(body.length).toBe(1)
  expect(body.toString()).toContain('by 5')
  expect(body.toString()).toContain('by 6')
})
