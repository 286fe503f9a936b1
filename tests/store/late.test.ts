// Edits made on what was set aside: they join its copy, which a person makes a document of.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { openCopies } from '../../app/store/copies'
import { openDatabase } from '../../app/store/database'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { aRef, aWriter, createCountingRandom } from '../contracts/store-samples'

const ref = aRef(1)

test('a late edit joins the copy of what it builds on', async () => {
  const { copies, sync, write, stop } = createPlace('late-joins')
  await write('refused')
  const copy = await sync.setAside(ref, 'not-allowed')
  await write(' and more')
  await sync.seal(ref)
  expect(await copies.of(ref.document)).toHaveLength(1)
  const { update, unacknowledged } = (await copies.get(copy))!
  expect([update, unacknowledged].map(textOf)).toEqual(['refused and more', 'refused and more'])
  stop()
})

test('a late edit gets a copy of its own when the person has taken the other', async () => {
  const { copies, sync, write, stop } = createPlace('late-alone')
  const first = await sync.setAside(ref, 'not-allowed')
  await copies.drop(first)
  await write('late')
  await sync.seal(ref)
  const [copy] = await copies.of(ref.document)
  expect(copy).toMatchObject({ reason: 'not-allowed', at: 5_000 })
  expect(textOf(copy!.unacknowledged)).toBe('late')
  stop()
})

test('folding waits until late edits are gone', async () => {
  const { replica, sync, write, stop } = createPlace('late-fold')
  await sync.setAside(ref, 'not-allowed')
  await write('a')
  await write('b')
  await replica.compact(ref)
  await sync.seal(ref)
  expect((await replica.load(ref)).updates).toEqual([])
  stop()
})

/** A device, and a tab on it that read the document before anything was set aside. */
function createPlace(name: string) {
  const database = openDatabase(() => undefined, name)
  const replica = openReplicaStore(database)
  const sync = openSyncStore(database, { random: createCountingRandom(), now: () => 5_000 })
  const doc = new Y.Doc()
  const made: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => void made.push(update))
  return {
    ...{ replica, sync, copies: openCopies(database), stop: () => database.close() },
    async write(words: string): Promise<void> {
      doc.getText('title').insert(doc.getText('title').length, words)
      await replica.appendLocal(ref, [{ update: made.at(-1)!, writer: aWriter(1), asides: 0 }])
    }
  }
}

function textOf(update: Uint8Array): string {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc.getText('title').toJSON()
}
