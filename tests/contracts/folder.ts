// What every folder keeps to. Run on each adapter by folder.test.ts.
import * as Y from 'yjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Folder } from '../../sync-api/core/ports'
import { digestOf } from '../../sync-api/protocol/digest'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { overCollected } from './over-collected'

export type FolderPlace = { readonly folder: Folder; close(): Promise<void> }

export function folderContract(name: string, placeOf: () => Promise<FolderPlace>): void {
  describe(`folding in ${name}`, () => {
    let place: FolderPlace
    beforeAll(async () => {
      place = await placeOf()
    })
    afterAll(() => place.close())

    it('makes one update that loads to the same document as all of them', async () => {
      const { doc, updates } = written(2_000)
      const folded = await place.folder.fold(updates)
      const again = new Y.Doc()
      Y.applyUpdate(again, folded)
      expect(again.getText('title').toString()).toBe(doc.getText('title').toString())
      expect(Y.encodeStateVector(again)).toEqual(Y.encodeStateVector(doc))
    })

    it('makes far less of many keystrokes than they were', async () => {
      const { updates } = written(2_000)
      const folded = await place.folder.fold(updates)
      const bytes = updates.reduce((sum, { length }) => sum + length, 0)
      expect(folded.length).toBeLessThan(bytes / 4)
    })

    it('keeps what misses something it builds on until that comes', async () => {
      const { doc, updates } = written(20)
      const early = updates.filter((_, index) => index !== 5)
      const again = new Y.Doc()
      Y.applyUpdate(again, await place.folder.fold(early))
      Y.applyUpdate(again, updates[5]!)
      expect(again.getText('title').toString()).toBe(doc.getText('title').toString())
    })

    it('folds entry zero as one paragraph, however often it is there', async () => {
      const first = await place.folder.fold([entryZero])
      const doc = new Y.Doc()
      Y.applyUpdate(doc, await place.folder.fold([entryZero, first, entryZero]))
      expect(doc.getXmlFragment('body').toString()).toBe('<paragraph></paragraph>')
    })

    it('folds a run of typing that begins in what another update gives as collected', async () => {
      const { updates, paragraphs } = overCollected()
      const doc = new Y.Doc()
      Y.applyUpdate(doc, await place.folder.fold(updates))
      expect(doc.getXmlFragment('body').length).toBe(paragraphs)
      expect(doc.store.pendingStructs).toBe(null)
    })

    it('rejects what is not an update, and folds the next', async () => {
      const noUpdate = new Uint8Array([255, 255, 255, 255])
      await expect(place.folder.fold([noUpdate])).rejects.toThrow(/./)
      const { updates } = written(3)
      expect((await place.folder.fold(updates)).length).toBeGreaterThan(0)
    })

    it('[DI1] makes the digest of a document, whatever the order and pieces of its updates', async () => {
      const { doc, updates } = written(200)
      const digest = await place.folder.digest(updates)
      const { sv, ds } = Y.snapshot(doc)
      expect(digest).toEqual(digestOf({ clocks: sv, deletions: ds.clients }))
      const folded = await place.folder.fold(updates.slice(0, 150))
      const merged = Y.mergeUpdates(updates.slice(100))
      expect(await place.folder.digest([merged, folded, updates[0]!])).toEqual(digest)
      expect(await place.folder.digest(updates.slice(0, -1))).not.toEqual(digest)
    })

    it('answers several at once, each with its own', async () => {
      const several = [written(10), written(20), written(30)]
      const folded = await Promise.all(several.map(({ updates }) => place.folder.fold(updates)))
      const texts = folded.map((update) => {
        const doc = new Y.Doc()
        Y.applyUpdate(doc, update)
        return doc.getText('title').toString()
      })
      expect(texts).toEqual(several.map(({ doc }) => doc.getText('title').toString()))
    })
  })
}

/** A document somebody wrote in, with some taking back, and the updates it took. */
function written(keys: number): { doc: Y.Doc; updates: Uint8Array[] } {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  const text = doc.getText('title')
  for (let key = 0; key < keys; key++) {
    if (key % 7 === 6) text.delete(text.length - 1, 1)
    else text.insert(text.length, String.fromCharCode(97 + (key % 26)))
  }
  return { doc, updates }
}
