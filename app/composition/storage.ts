// This device's storage as the parts of the app use it, and where its troubles are told.
import { openCatalogue, type Catalogue } from '../store/catalogue'
import { openNotices } from '../store/channel-notices'
import { openCopies, type Copies } from '../store/copies'
import type { OnDamage } from '../store/damage'
import { databaseName, openDatabase, type MeridianDatabase } from '../store/database'
import type { Notices } from '../store/notices'
import type { ReplicaStore, SyncStore } from '../store/ports'
import { withRecovery } from '../store/recovery-copy'
import { openReplicaStore } from '../store/replica-store'
import { openSyncStore } from '../store/sync-store'
import { now, randomBytes, tellTrouble } from './device'

export type Storage = {
  readonly database: MeridianDatabase
  readonly notices: Notices
  readonly catalogue: Catalogue
  readonly copies: Copies
  readonly syncStore: SyncStore
  readonly store: ReplicaStore
}

export function openStorage(): Storage {
  const database = openDatabase(tellTrouble)
  const notices = openNotices(databaseName)
  const onDamage: OnDamage = (ref, rows) => {
    tellTrouble(new Error(`${rows} rows were damaged and moved aside`))
    notices.tell({ kind: 'damaged', ref })
  }
  return {
    database,
    notices,
    catalogue: openCatalogue(database),
    copies: openCopies(database),
    syncStore: openSyncStore(database, { random: randomBytes, now, onDamage }),
    store: withRecovery(openReplicaStore(database, onDamage), tellTrouble)
  }
}
