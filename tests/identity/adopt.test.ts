// A device that becomes another person's keeps every word that was written on it.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { openIdentity } from '../../app/identity/keys'
import { KeyMistake, makeRecoveryKey, recover, type ReturnOptions } from '../../app/identity/return'
import { openLibrary, type LibraryReplica } from '../../app/replica/library'
import { openCatalogue } from '../../app/store/catalogue'
import { openDatabase, type MeridianDatabase } from '../../app/store/database'
import { createNoticeHub } from '../../app/store/memory-notices'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { contentDoc } from '../../app/store/transplant'
import { documentIdOf, libraryIdOf, type PersonId } from '../../sync-api/protocol/ids'
import { aPerson, aTab, createCountingRandom } from '../contracts/store-samples'

const random = createCountingRandom(50_000)

test('what was written here moves to new documents of the new person, and the list with it', async () => {
  const database = openDatabase(() => undefined, 'adopt')
  const before = await openIdentity(database)
  const library = await openLibraryOf(database, before.person)
  const written = await library.create()
  await library.rename(written, 'Kept words')
  await library.pin(written, true)
  await library.create()
  await library.close()

  const key = await makeRecoveryKey({ api: apiOf(aPerson), random })
  expect(await recover(returning(database, aPerson), key)).toBe(1)

  const after = await openIdentity(database)
  expect(after.person).toBe(aPerson)
  expect(after.device).not.toBe(before.device)
  const rows = await openCatalogue(database).list()
  expect(rows).toMatchObject([{ title: 'Kept words', pinned: true, role: 'owner', onDevice: true }])
  const { document, nonce } = rows[0]!
  expect(document).toBe(documentIdOf(aPerson, nonce!))
  const { updates } = await openReplicaStore(database).load({ document, channel: 'content' })
  expect(contentDoc(updates).getText('title').toJSON()).toBe('Kept words')
  const sync = openSyncStore(database, { random, now: () => 0 })
  const pending = (await sync.pending()).map((ref) => ref.document)
  expect(new Set(pending)).toEqual(new Set([document, libraryIdOf(aPerson)]))
  const reopened = await openLibraryOf(database, aPerson)
  expect(reopened.replica.doc.getMap('documents').has(document)).toBe(true)
  await reopened.close()
  const copies = await database.copies.toArray()
  expect(copies.map((copy) => copy.document)).toContain(written)
  expect(await database.keys.get(`before ${before.person}`)).toBeDefined()
  database.close()
})

test('coming back as oneself changes the key and nothing else', async () => {
  const database = openDatabase(() => undefined, 'adopt-self')
  const { person, device } = await openIdentity(database)
  const library = await openLibraryOf(database, person)
  const document = await library.create()
  await library.close()
  const key = await makeRecoveryKey({ api: apiOf(person), random })
  expect(await recover(returning(database, person), key)).toBe(0)
  const after = await openIdentity(database)
  expect(after.person).toBe(person)
  expect(after.device).not.toBe(device)
  expect((await openCatalogue(database).list()).map((row) => row.document)).toEqual([document])
  database.close()
})

test('a mistyped key is told before anybody is asked, and nothing has changed', async () => {
  const database = openDatabase(() => undefined, 'adopt-typo')
  const { device } = await openIdentity(database)
  const api = { ...apiOf(aPerson), recover: () => Promise.reject(new Error('was asked')) }
  const asked = recover({ ...returning(database, aPerson), api }, 'ABCD-EFGH')
  await expect(asked).rejects.toBeInstanceOf(KeyMistake)
  expect((await openIdentity(database)).device).toBe(device)
  database.close()
})

/** A relay that knows one person and takes any key for theirs. */
function apiOf(person: PersonId): ReturnOptions['api'] {
  return {
    setRecovery: () => Promise.resolve(),
    recover: () => Promise.resolve({ person }),
    join: () => Promise.resolve({ person })
  }
}

function returning(database: MeridianDatabase, person: PersonId): ReturnOptions {
  return { database, api: apiOf(person), random, now: () => 1_000, deviceName: 'A test' }
}

function openLibraryOf(database: MeridianDatabase, person: PersonId): Promise<LibraryReplica> {
  return openLibrary({
    person,
    tab: aTab(1),
    store: openReplicaStore(database),
    notices: createNoticeHub()(),
    random,
    after: (ms, task) => {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
    writeCopy: null,
    claimEarlier: null,
    onTrouble: (cause) => {
      throw cause
    },
    catalogue: openCatalogue(database),
    now: () => 1_000
  })
}

test('content with every kind of node keeps its shape when it moves', async () => {
  const { transplant } = await import('../../app/store/transplant')
  const source = contentDoc([])
  const list = new Y.XmlElement('list')
  const text = new Y.XmlText()
  text.insert(0, 'bold', { strong: {} })
  text.insert(4, ' and plain')
  list.setAttribute('kind', 'task')
  list.insert(0, [text])
  source.getXmlFragment('body').push([list])
  const ref = { document: documentIdOf(aPerson, 'moved'), channel: 'content' } as const
  const { update } = transplant(source, ref, aPerson, random)
  const moved = contentDoc([update])
  expect(moved.getXmlFragment('body').toJSON()).toBe(source.getXmlFragment('body').toJSON())
})
