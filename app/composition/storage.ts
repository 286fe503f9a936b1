// This device's storage as the parts of the app use it, and where its troubles are told.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { openCatalogue, type Catalogue } from '../store/catalogue'
import { openNotices } from '../store/channel-notices'
import { openCopies, type Copies } from '../store/copies'
import type { OnDamage } from '../store/damage'
import { databaseName, openDatabase, type MeridianDatabase } from '../store/database'
import { openDigestStore } from '../store/digest-store'
import { createListeners } from '../store/listeners'
import { keepLife, type Life } from '../store/lives'
import type { Notices } from '../store/notices'
import type { DigestStore, ReplicaStore, StoreFailureReason, SyncStore } from '../store/ports'
import { withRecovery } from '../store/recovery-copy'
import { openReplicaStore } from '../store/replica-store'
import { openSyncStore } from '../store/sync-store'
import { now, randomBytes, tellTrouble } from './device'

export type Storage = {
  readonly database: MeridianDatabase
  readonly life: Life
  readonly notices: Notices
  readonly catalogue: Catalogue
  readonly copies: Copies
  readonly syncStore: SyncStore & DigestStore
  readonly store: ReplicaStore
  /** Why the database cannot be used now, if it cannot. A full one can be read: then it is null. */
  readonly failure: ReadonlySignal<StoreFailureReason | null>
  /** Whether this tab had to open the document from its recovery copy. */
  isFromCopy(document: DocumentId): boolean
  /** Told when the browser has deleted what was stored; answers the stop. */
  onEmptied(listener: () => void): () => void
}

export function openStorage(): Storage {
  const emptied = createListeners<'emptied'>()
  const failure = signal<StoreFailureReason | null>(null)
  const fromCopy = new Set<DocumentId>()
  const database = openDatabase((trouble) => {
    tellTrouble(new Error(`The database: ${trouble}`))
    if (trouble === 'emptied') emptied.call(trouble)
  })
  database.onUse = (reason) => {
    if (reason !== 'quota') failure.value = reason
  }
  const notices = openNotices(databaseName)
  const onDamage: OnDamage = (ref, rows) => {
    tellTrouble(new Error(`${rows} rows were damaged and moved aside`))
    notices.tell({ kind: 'damaged', ref })
  }
  return {
    database,
    life: keepLife(database, tellTrouble),
    notices,
    failure,
    catalogue: openCatalogue(database),
    copies: openCopies(database),
    syncStore: {
      ...openSyncStore(database, { random: randomBytes, now, onDamage }),
      ...openDigestStore(database)
    },
    store: withRecovery(openReplicaStore(database, onDamage), (document) => {
      fromCopy.add(document)
    }),
    isFromCopy: (document) => fromCopy.has(document),
    onEmptied: (listener) => emptied.add(listener)
  }
}
