// Many updates at once, where Yjs throws at one of them inside the transaction.
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
