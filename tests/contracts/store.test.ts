// The store's contract, on the twin in memory and on Dexie over an IndexedDB.
import 'fake-indexeddb/auto'
import { openDatabase } from '../../app/store/database'
import { openDigestStore } from '../../app/store/digest-store'
import { createMemoryStore } from '../../app/store/memory-store'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { givingBackContract } from './giving-back'
import { storeContract, type Store } from './store'
import { createCountingRandom } from './store-samples'

const inMemory = (): Promise<Store> => Promise.resolve(createMemoryStore(createCountingRandom()))

let databases = 0
function onDexie(): Promise<Store> {
  const database = openDatabase(() => undefined, `contract-${databases++}`)
  const options = { random: createCountingRandom(), now: () => 1_000 }
  return Promise.resolve({
    ...openReplicaStore(database),
    ...openSyncStore(database, options),
    ...openDigestStore(database)
  })
}

for (const contract of [storeContract, givingBackContract]) {
  contract('memory', inMemory)
  contract('Dexie', onDexie)
}
