// Two connections to one database, as two tabs have: whatever the interleaving, nothing is lost or doubled.
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { openDatabase, type MeridianDatabase } from '../../app/store/database'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import type { SealedBatch, SyncStore } from '../../app/store/ports'
import { clientIdOf } from '../../sync-api/protocol/ids'
import { aPerson, aRef, aWriter, createCountingRandom } from '../contracts/store-samples'

const ref = aRef(1)
const nowhere = new Uint8Array()

test('two tabs that write and seal at once make gapless batches that hold every key once', async () => {
  const tabs = [openTab('sealing', 1), openTab('sealing', 2)]
  for (let round = 0; round < 40; round++) {
    await Promise.all(tabs.flatMap((tab) => [tab.type(), tab.sync.seal(ref)]))
  }
  const [one, other] = await Promise.all(tabs.map((tab) => tab.sync.seal(ref)))
  expect(one).toEqual(other)
  expect(one!.map((batch) => batch.n)).toEqual(one!.map((_, index) => index + 1))
  expect(new Set(one!.map((batch) => batch.outbox)).size).toBe(1)
  expect(lengthsOf(one!)).toEqual({ 1: 40, 2: 40 })
  await closeAll(tabs)
})

test('a batch that one tab settles while the other seals is not sent under its number again', async () => {
  const tabs = [openTab('settling', 1), openTab('settling', 2)]
  const seen = new Map<number, SealedBatch>()
  for (let round = 0; round < 30; round++) {
    await tabs[round % 2]!.type()
    const [sealed] = await Promise.all([
      tabs[0]!.sync.seal(ref),
      settleFirst(tabs[1]!.sync),
      tabs[1]!.type()
    ])
    for (const batch of sealed) {
      expect(batch).toEqual(seen.get(batch.n) ?? batch)
      seen.set(batch.n, batch)
    }
  }
  for (const batch of await tabs[0]!.sync.seal(ref)) seen.set(batch.n, batch)
  expect([...seen.keys()]).toEqual([...seen.keys()].map((_, index) => index + 1))
  expect(lengthsOf([...seen.values()])).toEqual({ 1: 15, 2: 45 })
  await closeAll(tabs)
})

test('two tabs that fold while both write keep every row', async () => {
  const tabs = [openTab('folding', 1), openTab('folding', 2)]
  for (let round = 0; round < 30; round++) {
    await Promise.all(tabs.flatMap((tab) => [tab.type(), tab.replica.compact(ref)]))
  }
  await tabs[0]!.replica.compact(ref)
  const { updates } = await tabs[1]!.replica.load(ref)
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  expect(doc.getText('1')).toHaveLength(30)
  expect(doc.getText('2')).toHaveLength(30)
  await closeAll(tabs)
})

test('of two tabs that move the cursor from one place, one does', async () => {
  const tabs = [openTab('cursor', 1), openTab('cursor', 2)]
  const [one, other] = await Promise.all(
    tabs.map((tab, index) => tab.sync.receive(ref, [], nowhere, new Uint8Array([index + 1])))
  )
  expect(one).toEqual(other)
  await closeAll(tabs)
})

type Tab = {
  readonly database: MeridianDatabase
  readonly replica: ReturnType<typeof openReplicaStore>
  readonly sync: SyncStore
  /** One key of this tab's writer, committed. */
  type(): Promise<void>
}

function openTab(name: string, number: number): Tab {
  const database = openDatabase(() => undefined, `two-tabs-${name}`)
  const replica = openReplicaStore(database)
  const options = { random: createCountingRandom(number * 1_000), now: () => 0 }
  const writer = aWriter(number)
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, aPerson, writer)
  let made = new Uint8Array()
  doc.on('update', (update) => {
    made = new Uint8Array(update)
  })
  return {
    database,
    replica,
    sync: openSyncStore(database, options),
    async type() {
      doc.getText(String(number)).insert(0, 'x')
      await replica.appendLocal(ref, [{ update: made, writer }])
    }
  }
}

async function settleFirst(sync: SyncStore): Promise<void> {
  const [first] = await sync.seal(ref)
  if (first !== undefined) await sync.settle(ref, first.outbox, first.n, nowhere, nowhere)
}

/** Keys of each writer over all batches: each clock must occur exactly once. */
function lengthsOf(batches: readonly SealedBatch[]): Record<string, number> {
  const lengths: Record<string, number> = {}
  for (const number of [1, 2]) {
    const client = clientIdOf(ref, aPerson, aWriter(number))
    const structs = batches.flatMap((batch) => Y.decodeUpdate(batch.update).structs)
    const own = structs.filter((struct) => struct.id.client === client)
    lengths[number] = own.reduce((sum, struct) => sum + struct.length, 0)
  }
  return lengths
}

async function closeAll(tabs: readonly Tab[]): Promise<void> {
  for (const { database } of tabs) database.close()
  await Promise.resolve()
}
