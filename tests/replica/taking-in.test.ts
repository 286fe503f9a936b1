// Many updates at once, where Yjs throws at one of them inside the transaction, or goes on waiting for what has come.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { overCollected } from '../contracts/over-collected'
import { bodyOf, createBrowser, ref } from './browser'

const nowhere = new Uint8Array()

test('a replica takes in a run of typing that begins in what another update gives as collected', async () => {
  const { updates } = overCollected()
  const browser = createBrowser()
  const live = await browser.open()
  browser.hub().tell({ kind: 'received', ref, updates })
  await browser.store.receive(ref, updates, nowhere, Uint8Array.of(1))
  const opened = await browser.open()
  expect(Y.encodeStateAsUpdate(live.doc)).toEqual(Y.encodeStateAsUpdate(opened.doc))
  expect(bodyOf(opened)).toBe('<paragraph></paragraph>')
  const has = Y.decodeStateVector(Y.encodeStateVector(opened.doc))
  for (const { id, length } of Y.decodeUpdate(updates.at(-1)!).structs) {
    expect(has.get(id.client)).toBeGreaterThanOrEqual(id.clock + length)
  }
})

test('a replica shows what it has all of, while something behind it still waits', async () => {
  const text = (doc: Y.Doc): Y.Text => doc.getText('title')
  const [one, other] = [new Y.Doc(), new Y.Doc()]
  // Yjs looks at what waits by client, from the highest down.
  one.clientID = 1
  other.clientID = 2
  const first = writtenBy(one, () => text(one).insert(0, 'a'))
  const second = writtenBy(one, () => text(one).insert(1, 'b'))
  const third = writtenBy(one, () => text(one).insert(2, 'c'))
  for (const update of [first, second, third]) Y.applyUpdate(other, update)
  const builtOnThird = writtenBy(other, () => text(other).insert(3, '!'))
  const lost = writtenBy(one, () => text(one).insert(3, 'd'))
  const behindLost = writtenBy(one, () => text(one).insert(0, 'e'))

  const browser = createBrowser()
  const live = await browser.open()
  for (const update of [first, behindLost, builtOnThird, second, third]) {
    browser.hub().tell({ kind: 'received', ref, updates: [update] })
  }
  expect(text(live.doc).toString()).toBe('abc!')
  browser.hub().tell({ kind: 'received', ref, updates: [lost] })
  expect([...text(live.doc).toString()].sort().join('')).toBe('!abcde')
})

/** The one update of what `write` does. */
function writtenBy(doc: Y.Doc, write: () => void): Uint8Array {
  const updates: Uint8Array[] = []
  const keep = (update: Uint8Array): void => void updates.push(update)
  doc.on('update', keep)
  write()
  doc.off('update', keep)
  return updates[0]!
}
