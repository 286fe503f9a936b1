// After the browser has deleted the database under this tab: what the tab still holds is written again.
import * as Y from 'yjs'
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import { adopt } from '../identity/adopt'
import { currentIdentity } from '../identity/keys'
import type { Replica } from '../replica/replica'
import { openCatalogue } from '../store/catalogue'
import {
  openDatabase,
  type CatalogueRow,
  type IdentityRow,
  type MeridianDatabase
} from '../store/database'
import { attempt } from '../store/failure'
import { putBack } from '../store/put-back'
import { loadRecoveryCopy } from '../store/recovery-copy'
import { after, now, randomBytes, tellTrouble } from './device'
import type { Storage } from './storage'

/** Between two tries, ms: the browser may still be at it. */
const retryMs = 1_000

export type RevivingParts = {
  readonly storage: Storage
  /** As it was read at the start: the keys themselves cannot be made again. */
  readonly identity: IdentityRow
  /** The list as it was shown last. */
  readonly rows: () => readonly CatalogueRow[]
  readonly replicas: () => readonly Replica[]
}

/** Works for as long as the page lives. */
export function startReviving(parts: RevivingParts): void {
  let working = false
  function work(): void {
    if (working) return
    working = true
    revive(parts)
      .catch((cause: unknown) => {
        tellTrouble(cause)
        after(retryMs, work)
      })
      .finally(() => {
        working = false
      })
      .catch(tellTrouble)
  }
  parts.storage.onEmptied(work)
}

async function revive(parts: RevivingParts): Promise<void> {
  const { storage, rows, replicas } = parts
  const { database, notices } = storage
  const list = rows()
  const open = replicas()
  const made = openDatabase((trouble) => tellTrouble(new Error(`The new database: ${trouble}`)))
  let other: IdentityRow | undefined
  try {
    other = await writeAnew(made, parts, list, open)
    await database.goOnWith(made)
  } finally {
    made.close()
  }
  for (const { ref } of open) notices.tell({ kind: 'damaged', ref })
  notices.tell({ kind: 'catalogue' })
  const closed = list.filter((row) => open.every(({ ref }) => ref.document !== row.document))
  for (const { document } of closed) await putBackCopy(storage, document)
  // Begun anew in another tab meanwhile, under a person of its own: every tab starts over.
  if (other !== undefined && other.person !== parts.identity.person) {
    notices.tell({ kind: 'identity' })
  }
}

// One transaction: a page that goes in the middle leaves an empty database, which the next one
// recognises, and never rows without their beginning. Answers whom the database spoke for before.
function writeAnew(
  database: MeridianDatabase,
  { identity }: RevivingParts,
  list: readonly CatalogueRow[],
  open: readonly Replica[]
): Promise<IdentityRow | undefined> {
  const { person, keys, publicKey } = identity
  const catalogue = openCatalogue(database)
  return attempt(database, () =>
    database.transaction('rw', database.tables, async () => {
      const other = await database.keys.get(currentIdentity)
      await adopt({ database, person, made: { keys, publicKey }, random: randomBytes, now })
      await catalogue.add(list.map((row) => ({ ...row, onDevice: false })))
      for (const { ref, doc } of open) {
        await putBack(database, ref, Y.encodeStateAsUpdate(doc))
        await catalogue.change(ref.document, { onDevice: true })
      }
      return other
    })
  )
}

async function putBackCopy(storage: Storage, document: DocumentId): Promise<void> {
  const copy = await loadRecoveryCopy(document).catch(() => null)
  // Without one the relay has it, or nobody.
  if (copy === null) return
  const ref: ChannelRef = { document, channel: 'content' }
  await putBack(storage.database, ref, copy)
  await storage.catalogue.change(document, { onDevice: true })
  storage.notices.tell({ kind: 'damaged', ref })
}
