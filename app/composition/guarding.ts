// Puts together what the screens say about safety, and what keeps it: notes, revival, the question at leaving.
import type { ReadonlySignal } from '@preact/signals-core'
import { libraryNonce, type DocumentId } from '../../sync-api/protocol/ids'
import { noteCanary } from '../browser/canary'
import { guardLeaving } from '../browser/leaving'
import { currentIdentity } from '../identity/keys'
import type { LibraryReplica } from '../replica/library'
import type { Replica } from '../replica/replica'
import type { Safety } from '../shell/meridian'
import type { CatalogueItem } from '../store/catalogue'
import type { CatalogueRow } from '../store/database'
import { attempt } from '../store/failure'
import { readEntries } from '../store/library-entries'
import { sendFromMemory } from '../sync/from-memory'
import type { Post } from '../sync/surroundings'
import { randomBytes } from './device'
import { exportDocument } from './exporting'
import { userFacing } from './failures'
import type { OpenDocuments } from './open-documents'
import { watchStatus, type ReplicaStatusParts } from './replica-status'
import { startReviving } from './reviving'
import { watchLoss, watchSafety } from './safety'
import type { Storage } from './storage'

/** Sends a replica from memory; what proves whose it is comes from the library in memory as well. */
export function createMemorySending(
  post: Post,
  library: Replica
): (replica: Replica) => Promise<boolean> {
  const nonceOf = (document: DocumentId): string | null => {
    if (document === library.ref.document) return libraryNonce
    const entry = readEntries(library.doc).find((one) => one.document === document)
    return entry?.nonce ?? null
  }
  return ({ doc, ref }) => sendFromMemory(doc, { ref, post, random: randomBytes, nonceOf })
}

export type SafetyParts = {
  readonly storage: Storage
  readonly library: LibraryReplica
  readonly items: ReadonlySignal<readonly CatalogueItem[]>
  readonly documents: OpenDocuments
  readonly status: ReplicaStatusParts
}

/** Works for as long as the page lives. */
export async function createSafety(parts: SafetyParts): Promise<Safety> {
  const { storage, library, items, documents, status } = parts
  const { database } = storage
  const { replica } = library
  const identity = await attempt(database, () => database.keys.get(currentIdentity))
  if (identity === undefined) throw new Error('The device has no identity')
  // Compared before the note is made anew.
  const loss = watchLoss({ birth: database.birth, library, items })
  watchCanary(storage, items)
  startReviving({
    ...{ storage, identity, replicas: documents.replicas },
    rows: () => items.peek().map(rowOf)
  })
  guardLeaving(window, () => hasUnsaved(documents))
  return {
    ...loss,
    bringBack: () => userFacing(loss.bringBack),
    unsafe: watchSafety({
      ...{ items, shown: documents.shown, storeFailure: storage.failure },
      library: { document: replica.ref.document, status: watchStatus(status, replica).value },
      connection: status.statuses.connection
    }),
    retry: documents.retry,
    export: (document, form) =>
      userFacing(() => exportDocument(documents.shown.peek(), storage.store, document, form))
  }
}

function rowOf(item: CatalogueItem): CatalogueRow {
  const { unacknowledged, ...row } = item
  void unacknowledged
  return row
}

function watchCanary({ database }: Storage, items: SafetyParts['items']): void {
  let first = true
  items.subscribe((list) => {
    // Before the list is read it is empty, which says nothing.
    if (!first && database.birth !== null) {
      const unsent = list.reduce((sum, { unacknowledged }) => sum + unacknowledged, 0)
      noteCanary({ birth: database.birth, documents: list.length, unsent })
    }
    first = false
  })
}

function hasUnsaved(documents: OpenDocuments): boolean {
  return documents.shown
    .peek()
    .some(
      ({ replica, status }) =>
        status.peek().kind === 'cannot-save' && replica.unwritten().length > 0
    )
}
