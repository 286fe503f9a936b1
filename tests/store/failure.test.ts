// What happens when the browser's storage does not do what it should.
import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { describe, expect, test } from 'vitest'
import { MeridianDatabase, openDatabase, type DatabaseTrouble } from '../../app/store/database'
import { storeFailureOf } from '../../app/store/failure'
import { openReplicaStore } from '../../app/store/replica-store'
import { aRef, aWriter, bytes } from '../contracts/store-samples'

const ref = aRef(1)
const edit = { update: bytes('edit'), writer: aWriter(1) }

describe('a failure of the storage', () => {
  test('stores neither update nor outbox row when either is refused', async () => {
    const database = openDatabase(() => undefined, 'atomic')
    const store = openReplicaStore(database)
    const giveBack = refuseRowsOf('outbox')
    await expect(store.appendLocal(ref, [edit])).rejects.toMatchObject({ reason: 'quota' })
    giveBack()
    expect((await store.load(ref)).updates).toEqual([])
    expect(await database.outbox.count()).toBe(0)
    database.close()
  })

  test('is told by its cause, also when the abort hides it', () => {
    const quota = { name: 'AbortError', inner: { name: 'QuotaExceededError' } }
    expect(storeFailureOf(quota).reason).toBe('quota')
    expect(storeFailureOf({ name: 'UnknownError' }).reason).toBe('damaged')
    expect(storeFailureOf({ name: 'MissingAPIError' }).reason).toBe('unavailable')
  })

  test('that is our bug is not mistaken for one of the browser', () => {
    expect(() => storeFailureOf(new TypeError('ours'))).toThrow('ours')
  })

  test('of the connection is mended by opening it again', async () => {
    const database = openDatabase(() => undefined, 'reopened')
    const store = openReplicaStore(database)
    await store.appendLocal(ref, [edit])
    database.close({ disableAutoOpen: false })
    await store.appendLocal(ref, [edit])
    expect((await store.load(ref)).updates).toHaveLength(2)
    database.close()
  })

  test('is not mended by an empty database when the old one was deleted', async () => {
    const troubles: DatabaseTrouble[] = []
    const database = openDatabase((trouble) => troubles.push(trouble), 'deleted')
    const store = openReplicaStore(database)
    await store.appendLocal(ref, [edit])
    await Dexie.delete('deleted')
    expect(troubles).toEqual(['emptied'])
    await expect(store.appendLocal(ref, [edit])).rejects.toMatchObject({ reason: 'emptied' })
  })
})

describe('another release', () => {
  test('may change the schema while this one is open, and this one goes on with it', async () => {
    const troubles: DatabaseTrouble[] = []
    const database = openDatabase((trouble) => troubles.push(trouble), 'upgraded')
    const store = openReplicaStore(database)
    await store.appendLocal(ref, [edit])
    const newer = new MeridianDatabase('upgraded')
    newer.version(4).stores({ extra: '++id' })
    await newer.open()
    newer.close()
    expect(troubles).toEqual(['changing'])
    await store.appendLocal(ref, [edit])
    expect((await store.load(ref)).updates).toHaveLength(2)
    database.close()
  })

  test('that does not let go is named, and work goes on when it does', async () => {
    const older = new Dexie('held')
    older.version(0.1).stores({ updates: '++row, channel' })
    older.on('versionchange', () => false)
    await older.open()
    const troubles: DatabaseTrouble[] = []
    const database = openDatabase((trouble) => troubles.push(trouble), 'held')
    const store = openReplicaStore(database)
    await expect(store.appendLocal(ref, [edit])).rejects.toMatchObject({ reason: 'blocked' })
    await expect(store.load(ref)).rejects.toMatchObject({ reason: 'blocked' })
    expect(troubles).toContain('blocked')
    older.close()
    await database.open()
    await store.appendLocal(ref, [edit])
    expect((await store.load(ref)).updates).toHaveLength(1)
    database.close()
  })
})

/** The browser's own `add` finds no room for rows of one table; answers how to end that. */
function refuseRowsOf(table: string): () => void {
  const { add } = IDBObjectStore.prototype
  IDBObjectStore.prototype.add = function (this: IDBObjectStore, ...row: Parameters<typeof add>) {
    if (this.name === table) throw new DOMException('no room', 'QuotaExceededError')
    return add.apply(this, row)
  }
  return () => {
    IDBObjectStore.prototype.add = add
  }
}
