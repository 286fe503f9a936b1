// The library document is the truth, the catalogue its projection on this device.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { NotOnDevice, openLibrary, type LibraryReplica } from '../../app/replica/library'
import { openReplica } from '../../app/replica/open-replica'
import { startProjection } from '../../app/replica/projection'
import type { Replica } from '../../app/replica/replica'
import { openCatalogue } from '../../app/store/catalogue'
import { openDatabase, type MeridianDatabase } from '../../app/store/database'
import { createNoticeHub } from '../../app/store/memory-notices'
import type { Notice, Notices } from '../../app/store/notices'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { setTitle } from '../../app/store/title'
import { documentIdOf, libraryIdOf } from '../../sync-api/protocol/ids'
import { aPerson, aRef, aTab, createCountingRandom } from '../contracts/store-samples'
import { hurriedly, settle } from './manual-time'

const nowhere = new Uint8Array()

test('a document that is made here is in the catalogue with the proof of who made it', async () => {
  const device = await createDevice('made')
  const document = await device.library.create()
  const [row] = await device.catalogue.list()
  expect(row).toMatchObject({ document, title: '', role: 'owner', onDevice: true, removedAt: null })
  expect(documentIdOf(aPerson, row!.nonce!)).toBe(document)
  expect(device.heard.some(({ kind }) => kind === 'catalogue')).toBe(true)
  await device.close()
})

test('another device of the person gets the same list, with proofs and titles', async () => {
  const one = await createDevice('one')
  const document = await one.library.create()
  await one.library.rename(document, 'Plans')
  await one.library.pin(document, true)
  await one.library.add(aRef(5).document, 'editor')
  const other = await createDevice('other')
  await other.receive(Y.encodeStateAsUpdate(one.library.replica.doc))
  const rows = await other.catalogue.list()
  const made = rows.find((row) => row.document === document)
  const { nonce } = (await one.catalogue.get(document))!
  expect(made).toMatchObject({ nonce, title: 'Plans', pinned: true, onDevice: false })
  expect(rows.find((row) => row.document === aRef(5).document)).toMatchObject({ nonce: null })
  await expect(other.library.rename(document, 'Mine')).rejects.toBeInstanceOf(NotOnDevice)
  await one.close()
  await other.close()
})

test('removing, restoring and pinning change the library and the list alike', async () => {
  const device = await createDevice('bin')
  const document = await device.library.create()
  await device.library.remove(document)
  expect(await device.catalogue.get(document)).toMatchObject({ removedAt: 1_000 })
  await device.library.restore(document)
  await device.library.pin(document, true)
  expect(await device.catalogue.get(document)).toMatchObject({ removedAt: null, pinned: true })
  const [entry] = [...device.library.replica.doc.getMap<Y.Map<unknown>>('documents').values()]
  expect(entry!.toJSON()).toMatchObject({ removedAt: null, pinned: true })
  await device.close()
})

test('renaming an open document is seen by its replica, and its own title by the list', async () => {
  const device = await createDevice('rename')
  const document = await device.library.create()
  const open = await device.open(document)
  const stop = device.library.follow(open)
  await device.library.rename(document, '  The\nplan ')
  expect(open.doc.getText('title').toJSON()).toBe('The plan')
  setTitle(open.doc, 'The better plan', {})
  await open.written()
  await settle()
  expect((await device.catalogue.get(document))!.title).toBe('The better plan')
  stop()
  await open.close()
  await device.close()
})

test('the title of a closed document follows what others did to it', async () => {
  const device = await createDevice('closed')
  const document = await device.library.create()
  const stop = startProjection({
    person: aPerson,
    store: openReplicaStore(device.database),
    catalogue: device.catalogue,
    notices: device.notices,
    after: hurriedly,
    now: () => 9_000,
    leads: () => true,
    onTrouble: (cause) => {
      throw cause
    }
  })
  const others = new Y.Doc()
  others.getText('title').insert(0, 'By others')
  const updates = [Y.encodeStateAsUpdate(others)]
  const ref = { document, channel: 'content' } as const
  await device.sync.receive(ref, updates, nowhere, nowhere)
  device.notices.tell({ kind: 'received', ref, updates })
  await settle()
  expect((await device.catalogue.get(document))!.title).toBe('By others')
  stop()
  await device.close()
})

test('a document made from a copy has its content and a history of its own', async () => {
  const device = await createDevice('copy')
  const source = new Y.Doc()
  source.getText('title').insert(0, 'Refused')
  const update = Y.encodeStateAsUpdate(source)
  const document = await device.library.createFrom([update])
  expect(await device.catalogue.get(document)).toMatchObject({ title: 'Refused', onDevice: true })
  const open = await device.open(document)
  expect(open.doc.getText('title').toJSON()).toBe('Refused')
  expect(open.doc.store.clients.has(source.clientID)).toBe(false)
  await open.close()
  await device.close()
})

test('the profile is the same on every device of the person', async () => {
  const device = await createDevice('profile')
  expect(device.library.profile()).toBeNull()
  const seen: unknown[] = []
  const stop = device.library.watchProfile((profile) => seen.push(profile))
  await device.library.setProfile({ name: 'Ada', color: 3 })
  expect(device.library.profile()).toEqual({ name: 'Ada', color: 3 })
  expect(seen).toEqual([null, { name: 'Ada', color: 3 }])
  stop()
  await device.close()
})

type Device = {
  readonly database: MeridianDatabase
  readonly library: LibraryReplica
  readonly catalogue: ReturnType<typeof openCatalogue>
  readonly sync: ReturnType<typeof openSyncStore>
  readonly notices: Notices
  readonly heard: Notice[]
  open(document: ReturnType<typeof libraryIdOf>): Promise<Replica>
  /** Lets the relay bring an update of the library. */
  receive(update: Uint8Array): Promise<void>
  close(): Promise<void>
}

let devices = 0
async function createDevice(name: string): Promise<Device> {
  const database = openDatabase(() => undefined, `library-${name}`)
  const random = createCountingRandom(++devices * 10_000)
  const notices = createNoticeHub()()
  const heard: Notice[] = []
  notices.listen((notice) => heard.push(notice))
  const catalogue = openCatalogue(database)
  const sync = openSyncStore(database, { random, now: () => 1_000 })
  const options = {
    person: aPerson,
    tab: aTab(1),
    store: openReplicaStore(database),
    notices,
    random,
    after: hurriedly,
    writeCopy: null,
    claimEarlier: null,
    onTrouble: (cause: unknown) => {
      throw cause
    }
  }
  const library = await openLibrary({ ...options, catalogue, now: () => 1_000 })
  return {
    database,
    library,
    catalogue,
    sync,
    notices,
    heard,
    open: (document) =>
      openReplica({ ...options, ref: { document, channel: 'content' }, mayWrite: () => true }),
    async receive(update) {
      const ref = { document: libraryIdOf(aPerson), channel: 'content' } as const
      await sync.receive(ref, [update], nowhere, nowhere)
      notices.tell({ kind: 'received', ref, updates: [update] })
      await settle()
    },
    async close() {
      await library.close()
      database.close()
    }
  }
}
