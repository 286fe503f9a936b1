// Local updates into the database: each as a row of its channel and a row of the outbox, in one commit.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { schemaVersion } from '../../sync-api/protocol/version'
import { summed } from './damage'
import type { MeridianDatabase, OutboxRow, UpdateRow } from './database'
import { attempt } from './failure'
import type { LocalUpdate } from './ports'

/** Resolves with the number of the last row, when all are durable; rejects with a StoreFailure. */
export function appendLocal(
  database: MeridianDatabase,
  ref: ChannelRef,
  updates: readonly LocalUpdate[]
): Promise<number> {
  return attempt(database, () => append(database, ref, updates))
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
    for (const { update, writer, asides } of updates) {
      const row = { ...summed({ channel, update }), asides }
      last = rows.add({ ...row, writers: [writer] } satisfies Omit<UpdateRow, 'row'>)
      outbox.add({ ...row, writer, schemaMajor: major } satisfies Omit<OutboxRow, 'row'>)
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
