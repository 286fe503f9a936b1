// The editing side's store on Dexie: update rows of a channel, and local ones with their outbox rows.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { schemaVersion } from '../../sync-api/protocol/version'
import type { MeridianDatabase, OutboxRow, UpdateRow } from './database'
import { attempt } from './failure'
import { foldState } from './fold'
import type { LocalUpdate, ReplicaStore, StoredUpdates } from './ports'

export function openReplicaStore(database: MeridianDatabase): ReplicaStore {
  return {
    load: (ref) => attempt(database, () => load(database, ref, 0)),
    loadAfter: (ref, row) => attempt(database, () => load(database, ref, row)),
    appendLocal: (ref, updates) => attempt(database, () => append(database, ref, updates)),
    compact: (ref) => attempt(database, () => compact(database, ref))
  }
}

async function load(
  database: MeridianDatabase,
  ref: ChannelRef,
  after: number
): Promise<StoredUpdates> {
  const rows = await rowsOf(database, ref, after)
  return { updates: rows.map((row) => row.update), lastRow: rows.at(-1)?.row ?? after }
}

// The index on `channel` gives rows of one channel in the order of their primary key.
async function rowsOf(
  database: MeridianDatabase,
  ref: ChannelRef,
  after: number
): Promise<UpdateRow[]> {
  const rows = await database.updates.where('channel').equals(channelKey(ref)).toArray()
  return after === 0 ? rows : rows.filter((row) => row.row > after)
}

// Not through Dexie: it has no word for `commit`. Without one a transaction ends only when this page
// has heard that its requests succeeded, and a tab that is closed within these milliseconds hears
// nothing any more: the browser aborts it, and the last keys are lost.
async function append(
  database: MeridianDatabase,
  ref: ChannelRef,
  updates: readonly LocalUpdate[]
): Promise<number> {
  if (updates.length === 0) throw new Error('Nothing to append')
  const channel = channelKey(ref)
  const { major } = schemaVersion
  const transaction = database
    .backendDB()
    .transaction(['updates', 'outbox'], 'readwrite', { durability: 'strict' })
  const rows = transaction.objectStore('updates')
  const outbox = transaction.objectStore('outbox')
  let last: IDBRequest<IDBValidKey> | null = null
  try {
    for (const { update, writer } of updates) {
      last = rows.add({ channel, update } satisfies Omit<UpdateRow, 'row'>)
      outbox.add({ channel, update, writer, schemaMajor: major } satisfies Omit<OutboxRow, 'row'>)
    }
  } catch (cause) {
    // A request that throws leaves those before it in the transaction, which would commit them.
    transaction.abort()
    throw cause
  }
  await committed(transaction)
  return Number(last?.result)
}

/** Sends the commit after the requests; resolves when it is done, rejects with why it is not. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => {
      // An abort without a reason is how Firefox and Safari report a commit that failed.
      reject(transaction.error ?? new DOMException('The commit failed', 'AbortError'))
    }
    transaction.commit()
  })
}

// Reads and folds outside the transaction, which would otherwise hold back every tab's writes; then
// replaces exactly the rows it read, if no other tab has done so meanwhile.
async function compact(database: MeridianDatabase, ref: ChannelRef): Promise<void> {
  const rows = await rowsOf(database, ref, 0)
  if (rows.length < 2) return
  const folded = foldState(
    ref.channel,
    rows.map((row) => row.update)
  )
  if (folded === null) return
  const channel = channelKey(ref)
  const keys = rows.map((row) => row.row)
  await database.transaction('rw', database.updates, async () => {
    const still = new Set(await database.updates.where('channel').equals(channel).primaryKeys())
    if (!keys.every((key) => still.has(key))) return
    await database.updates.bulkDelete(keys)
    await database.updates.add({ channel, update: folded })
  })
}
