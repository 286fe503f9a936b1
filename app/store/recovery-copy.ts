// Each document once more in a y-indexeddb database of its own, for when the main one will not open.
import { Dexie } from 'dexie'
import { IndexeddbPersistence, storeState } from 'y-indexeddb'
import * as Y from 'yjs'
import { isDocumentId, type DocumentId } from '../../sync-api/protocol/ids'
import { StoreFailure, type ReplicaStore } from './ports'

const prefix = 'meridian-copy-'

/** How long y-indexeddb may take, ms: it never rejects, so a full disk would be waited for for ever. */
const patienceMs = 15_000

function nameOf(document: DocumentId): string {
  return prefix + document
}

/**
 * Merges `state` into the recovery copy. Best effort: never the authority, never awaited by a
 * keystroke. Rejects when the browser does not do it in time.
 */
export async function writeRecoveryCopy(document: DocumentId, state: Uint8Array): Promise<void> {
  await withCopy(document, state, async (persistence) => {
    await storeState(persistence, true)
  })
}

/** The recovery copy as one update, or null when there is none. */
export async function loadRecoveryCopy(document: DocumentId): Promise<Uint8Array | null> {
  const known = await indexedDB.databases()
  if (!known.some(({ name }) => name === nameOf(document))) return null
  return withCopy(document, null, (_, doc) => Promise.resolve(Y.encodeStateAsUpdate(doc)))
}

/** The documents that have a recovery copy in this browser. */
export async function recoveryCopies(): Promise<DocumentId[]> {
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
  const ids = names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
  return ids.filter(isDocumentId)
}

export async function dropRecoveryCopy(document: DocumentId): Promise<void> {
  await Dexie.delete(nameOf(document))
}

// A document of its own, and the listener off: y-indexeddb must neither write into a live replica
// nor store edits of one that have not reached the outbox.
async function withCopy<T>(
  document: DocumentId,
  state: Uint8Array | null,
  work: (persistence: IndexeddbPersistence, doc: Y.Doc) => Promise<T>
): Promise<T> {
  const doc = new Y.Doc()
  if (state !== null) Y.applyUpdate(doc, state)
  const persistence = new IndexeddbPersistence(nameOf(document), doc)
  doc.off('update', persistence._storeUpdate)
  try {
    await inTime(Promise.race([persistence.whenSynced, failureOf(persistence)]))
    return await inTime(work(persistence, doc))
  } finally {
    await persistence.destroy()
    doc.destroy()
  }
}

// Pending for ever if the database opens; the failure if it does not.
function failureOf(persistence: IndexeddbPersistence): Promise<never> {
  return new Promise((_, reject) => {
    persistence._db.catch(reject)
  })
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The recovery copy took too long')), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * `store`, with documents opened from their recovery copy when it cannot be read. Writes still go to
 * `store` alone: they wait in memory, and are said to, until it is back. `onCopy` hears of it.
 */
export function withRecovery(
  store: ReplicaStore,
  onCopy: (document: DocumentId) => void
): ReplicaStore {
  return {
    ...store,
    async load(ref) {
      try {
        return await store.load(ref)
      } catch (cause) {
        if (!(cause instanceof StoreFailure) || ref.channel !== 'content') throw cause
        const copy = await loadRecoveryCopy(ref.document).catch(() => null)
        if (copy === null) throw cause
        onCopy(ref.document)
        return { updates: [copy], lastRow: 0, writers: [], heard: 0, asides: undefined }
      }
    }
  }
}
