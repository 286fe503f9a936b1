// After the browser has deleted the database under this tab: what the tab still holds is written again.
import * as Y from 'yjs'
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import { adopt } from '../identity/adopt'
import { currentIdentity } from '../identity/keys'
import type { Replica } from '../replica/replica'
import type { CatalogueRow, IdentityRow } from '../store/database'
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

async function revive({ storage, identity, rows, replicas }: RevivingParts): Promise<void> {
  const { database, catalogue, notices } = storage
  const list = rows()
  await database.beginAnew()
  try {
    const other = await attempt(database, () => database.keys.get(currentIdentity))
    const { person, keys, publicKey } = identity
    await adopt({ database, person, made: { keys, publicKey }, random: randomBytes, now })
    await catalogue.add(list.map((row) => ({ ...row, onDevice: false })))
    const open = replicas()
    for (const { ref, doc } of open) {
      await putBack(database, ref, Y.encodeStateAsUpdate(doc))
      await catalogue.change(ref.document, { onDevice: true })
      notices.tell({ kind: 'damaged', ref })
    }
    notices.tell({ kind: 'catalogue' })
    const closed = list.filter((row) => open.every(({ ref }) => ref.document !== row.document))
    for (const { document } of closed) await putBackCopy(storage, document)
    // Begun anew in another tab meanwhile, under a person of its own: every tab starts over.
    if (other !== undefined && other.person !== person) notices.tell({ kind: 'identity' })
  } catch (cause) {
    // Half of it is no database to write into: until all of it is there, every write is refused.
    database.giveUp()
    throw cause
  }
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
