// The list of documents, and the copies kept beside it.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { openCatalogue, type CatalogueItem } from '../../app/store/catalogue'
import { copyLifetimeMs, openCopies } from '../../app/store/copies'
import { openDatabase, type CatalogueRow } from '../../app/store/database'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { aRef, aWriter, createCountingRandom } from '../contracts/store-samples'

/** An update that changes nothing. */
const nothing = new Uint8Array([0, 0])

test('adding what is there already changes nothing', async () => {
  const database = openDatabase(() => undefined, 'catalogue-add')
  const catalogue = openCatalogue(database)
  expect(await catalogue.add([row(1), row(2)])).toBe(2)
  expect(await catalogue.add([{ ...row(1), title: 'other' }, row(3)])).toBe(1)
  expect((await catalogue.get(aRef(1).document))!.title).toBe('title 1')
  database.close()
})

test('the list follows every tab and counts the edits that are not yet acknowledged', async () => {
  const database = openDatabase(() => undefined, 'catalogue-watch')
  const otherTab = openDatabase(() => undefined, 'catalogue-watch')
  const seen = createWatch()
  const stop = openCatalogue(database).watch(seen.hear, (cause) => {
    throw cause
  })
  await openCatalogue(otherTab).add([row(1)])
  await seen.until((items) => items.length === 1)
  const writing = openReplicaStore(otherTab)
  await writing.appendLocal(aRef(1), [{ update: nothing, writer: aWriter(1) }])
  expect(await openCatalogue(database).items()).toMatchObject([{ unacknowledged: 1 }])
  await openCatalogue(otherTab).change(aRef(1).document, { title: 'new' })
  await seen.until((items) => items[0]?.title === 'new')
  stop()
  otherTab.close()
  database.close()
})

test('a copy is offered until it is dropped or thirty days have passed', async () => {
  const database = openDatabase(() => undefined, 'copies')
  const options = { random: createCountingRandom(), now: () => 5_000 }
  const sync = openSyncStore(database, options)
  const copies = openCopies(database)
  await openReplicaStore(database).appendLocal(aRef(1), [{ update: nothing, writer: aWriter(1) }])
  const first = await sync.setAside(aRef(1), 'not-allowed')
  const second = await sync.setAside(aRef(1), 'epoch')
  expect((await copies.of(aRef(1).document)).map(({ copy }) => copy)).toEqual([second, first])
  await copies.drop(second)
  await copies.expire(5_000 + copyLifetimeMs)
  expect(await copies.get(first)).toMatchObject({ reason: 'not-allowed', at: 5_000 })
  await copies.expire(5_001 + copyLifetimeMs)
  expect(await copies.get(first)).toBeUndefined()
  database.close()
})

function row(number: number): CatalogueRow {
  return {
    document: aRef(number).document,
    nonce: `nonce ${number}`,
    title: `title ${number}`,
    role: 'owner',
    createdAt: number,
    editedAt: number,
    openedAt: null,
    removedAt: null,
    pinned: false,
    onDevice: true
  }
}

function createWatch(): {
  hear(items: readonly CatalogueItem[]): void
  until(holds: (items: readonly CatalogueItem[]) => boolean): Promise<void>
} {
  let last: readonly CatalogueItem[] = []
  let check = (): void => undefined
  return {
    hear(items) {
      last = items
      check()
    },
    until: (holds) =>
      new Promise((resolve) => {
        check = () => {
          if (holds(last)) resolve()
        }
        check()
      })
  }
}
