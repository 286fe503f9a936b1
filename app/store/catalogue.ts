// The list of documents on this device: a projection of the library document, and local facts.
import { liveQuery } from 'dexie'
import { channelKey, channelRefOf, type DocumentId } from '../../sync-api/protocol/ids'
import { channelsIn, type CatalogueRow, type MeridianDatabase } from './database'
import { attempt } from './failure'

/** A row, and how many rows and batches of it the relay has not acknowledged. */
export type CatalogueItem = CatalogueRow & { readonly unacknowledged: number }

/** What may change about a document; its identity and its creation do not. */
export type CatalogueChange = Partial<Omit<CatalogueRow, 'document' | 'nonce' | 'createdAt'>>

export type Catalogue = {
  list(): Promise<readonly CatalogueRow[]>
  get(document: DocumentId): Promise<CatalogueRow | undefined>
  /** Adds the rows that are not there yet; answers how many that were. */
  add(rows: readonly CatalogueRow[]): Promise<number>
  /** Changes a row; does nothing when it is not there. */
  change(document: DocumentId, change: CatalogueChange): Promise<void>
  /** Every row with its count of unacknowledged edits. */
  items(): Promise<readonly CatalogueItem[]>
  /**
   * The items now and after every change by any tab, but for local edits (append-local.ts commits
   * those past Dexie, which therefore tells nobody); answers its stop.
   */
  watch(
    listener: (items: readonly CatalogueItem[]) => void,
    onFailure: (cause: unknown) => void
  ): () => void
}

export function openCatalogue(database: MeridianDatabase): Catalogue {
  const { catalogue } = database
  return {
    list: () => attempt(database, () => catalogue.toArray()),
    get: (document) => attempt(database, () => catalogue.get(document)),
    add: (rows) => attempt(database, () => addMissing(database, rows)),
    async change(document, change) {
      await attempt(database, () => catalogue.update(document, change))
    },
    items: () => attempt(database, () => items(database)),
    watch(listener, onFailure) {
      const query = liveQuery(() => items(database))
      const subscription = query.subscribe({ next: listener, error: onFailure })
      return () => subscription.unsubscribe()
    }
  }
}

async function addMissing(
  database: MeridianDatabase,
  rows: readonly CatalogueRow[]
): Promise<number> {
  const { catalogue } = database
  return database.transaction('rw', catalogue, async () => {
    const known = await catalogue.bulkGet(rows.map((row) => row.document))
    const missing = rows.filter((_, index) => known[index] === undefined)
    await catalogue.bulkAdd(missing)
    return missing.length
  })
}

async function items(database: MeridianDatabase): Promise<CatalogueItem[]> {
  const { catalogue, channels, outbox, sealed } = database
  return database.transaction('r', catalogue, channels, outbox, sealed, async () => {
    // Of a channel that has lost rows nobody knows what it lacks: it counts as one edit.
    const doubted = await channels.where('doubted').equals(1).primaryKeys()
    const counts = new Map(doubted.map((key) => [channelRefOf(key).document, 1]))
    for (const table of [outbox, sealed]) {
      for (const ref of await channelsIn(table)) {
        const { document } = ref
        const count = await table.where('channel').equals(channelKey(ref)).count()
        counts.set(document, (counts.get(document) ?? 0) + count)
      }
    }
    const rows = await catalogue.toArray()
    return rows.map((row) => ({ ...row, unacknowledged: counts.get(row.document) ?? 0 }))
  })
}
