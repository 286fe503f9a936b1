// The copy of a document in the form every Yjs tool reads, for when the main database will not open.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { createMemoryStore } from '../../app/store/memory-store'
import { StoreFailure } from '../../app/store/ports'
import { loadRecoveryCopy, withRecovery, writeRecoveryCopy } from '../../app/store/recovery-copy'
import { aRef, createCountingRandom } from '../contracts/store-samples'

test('a copy that was written is loaded, and by y-indexeddb itself', async () => {
  const { document } = aRef(1)
  expect(await loadRecoveryCopy(document)).toBeNull()
  await writeRecoveryCopy(document, stateOf('first'))
  await writeRecoveryCopy(document, stateOf('first, then more'))
  expect(textOf((await loadRecoveryCopy(document))!)).toBe('first, then more')
  const doc = new Y.Doc()
  const persistence = new IndexeddbPersistence(`meridian-copy-${document}`, doc)
  await persistence.whenSynced
  expect(doc.getText('title').toJSON()).toBe('first, then more')
  await persistence.destroy()
})

test('asking for a copy that is not there makes none', async () => {
  const { document } = aRef(2)
  await loadRecoveryCopy(document)
  const names = (await indexedDB.databases()).map(({ name }) => name)
  expect(names).not.toContain(`meridian-copy-${document}`)
})

test('a document opens from its copy when the store cannot be read, and says so', async () => {
  const ref = aRef(3)
  await writeRecoveryCopy(ref.document, stateOf('kept'))
  const heard: string[] = []
  const damaged = {
    ...createMemoryStore(createCountingRandom()),
    load: () => Promise.reject(new StoreFailure('damaged', 'unreadable'))
  }
  const store = withRecovery(damaged, (document) => heard.push(document))
  expect(textOf((await store.load(ref)).updates[0]!)).toBe('kept')
  expect(heard).toEqual([ref.document])
  await expect(store.load(aRef(4))).rejects.toThrow('damaged')
})

/** States of one document that grows: the same writer, the same history. */
function stateOf(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 1
  for (const letter of text) doc.getText('title').insert(doc.getText('title').length, letter)
  return Y.encodeStateAsUpdate(doc)
}

function textOf(update: Uint8Array): string {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc.getText('title').toJSON()
}
