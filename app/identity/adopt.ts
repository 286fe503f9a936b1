// This device becomes another person's: by a recovery key or a code. Nothing that was here is lost.
//
// Documents of the person before cannot change their owner: a document's id proves who made it, and
// every insertion who wrote it. So what they hold is written into new documents of the new person,
// as one edit; what stood here before is kept for 30 days as copies, and its keys beside it.
import type * as Y from 'yjs'
import {
  channelKey,
  documentIdOf,
  libraryIdOf,
  longIdBytes,
  toBase64Url,
  type ChannelRef,
  type DocumentId,
  type PersonId
} from '../../sync-api/protocol/ids'
import { schemaVersion } from '../../sync-api/protocol/version'
import { rowsOf, soundOf, summed } from '../store/damage'
import {
  channelsIn,
  type CatalogueRow,
  type IdentityRow,
  type MeridianDatabase
} from '../store/database'
import { attempt } from '../store/failure'
import { mergeInTree } from '../store/fold'
import { addEntry } from '../store/library-entries'
import type { LocalUpdate } from '../store/ports'
import { titleOf } from '../store/title'
import { contentDoc, edit, hasContent, transplant } from '../store/transplant'
import { currentIdentity, type MadeKeys } from './keys'

export type AdoptOptions = {
  readonly database: MeridianDatabase
  readonly person: PersonId
  readonly made: Pick<MadeKeys, 'keys' | 'publicKey'>
  readonly random: (length: number) => Uint8Array
  /** ms since 1970. */
  readonly now: () => number
}

/** A document to be written anew, and what the list says of it. */
type Carried = { readonly row: CatalogueRow; readonly content: Y.Doc }

/**
 * Makes `person` the one this device speaks for, in one transaction. Tell `identity` afterwards:
 * every tab must start anew. Answers how many documents were carried over.
 */
export async function adopt(options: AdoptOptions): Promise<number> {
  const { database, person, made } = options
  const { keys, updates, outbox, sealed, vouched, channels, catalogue, copies } = database
  const tables = [keys, updates, outbox, sealed, vouched, channels, catalogue, copies]
  const { publicKey } = made
  const next = { name: currentIdentity, person, publicKey, keys: made.keys }
  return attempt(database, () =>
    database.transaction('rw', tables, async () => {
      const before = await keys.get(currentIdentity)
      await keys.put(next)
      if (before === undefined || before.person === person) return 0
      return replace(options, before)
    })
  )
}

async function replace(options: AdoptOptions, before: IdentityRow): Promise<number> {
  const { database } = options
  await database.keys.put({ ...before, name: `before ${before.person}` })
  const carried: Carried[] = []
  for (const ref of await channelsIn(database.updates)) {
    const stored = await keepCopy(options, ref)
    const one = await toCarry(database, before.person, ref, stored)
    if (one !== null) carried.push(one)
  }
  for (const table of [
    database.updates,
    database.outbox,
    database.sealed,
    database.vouched,
    database.channels,
    database.catalogue
  ]) {
    await table.clear()
  }
  await writeAnew(options, carried)
  return carried.length
}

/** The channel's updates and what of them was never acknowledged, kept under another name. */
type Stored = { readonly updates: readonly Uint8Array[]; readonly unacknowledged: number }

async function keepCopy(
  { database, now }: AdoptOptions,
  { document, channel }: ChannelRef
): Promise<Stored> {
  const key = channelKey({ document, channel })
  const rows = soundOf(await rowsOf(database, key))
  const updates = rows.updates.map((row) => row.update)
  const unacknowledged = [...rows.sealed, ...rows.outbox].map((row) => row.update)
  await database.copies.add({
    document,
    channel: key,
    reason: 'replaced',
    at: now(),
    update: mergeInTree(updates),
    unacknowledged: mergeInTree(unacknowledged)
  })
  return { updates, unacknowledged: unacknowledged.length }
}

// A document of the person's own is carried if anybody has written in it. One of somebody else is
// only if it holds edits that never left this device: the rest is still theirs, and there.
async function toCarry(
  database: MeridianDatabase,
  person: PersonId,
  ref: ChannelRef,
  stored: Stored
): Promise<Carried | null> {
  if (ref.channel !== 'content' || ref.document === libraryIdOf(person)) return null
  const row = await database.catalogue.get(ref.document)
  if (row === undefined) return null
  if (row.nonce === null && stored.unacknowledged === 0) return null
  const content = contentDoc(stored.updates)
  return hasContent(content) ? { row, content } : null
}

async function writeAnew(options: AdoptOptions, carried: readonly Carried[]): Promise<void> {
  const { database, person, random } = options
  if (carried.length === 0) return
  const rows = carried.map(({ row, content }): CatalogueRow => {
    const nonce = toBase64Url(random(longIdBytes))
    const title = titleOf(content)
    const document = documentIdOf(person, nonce)
    return { ...row, document, nonce, title, role: 'owner', onDevice: true }
  })
  for (const [index, { content }] of carried.entries()) {
    const ref = contentRef(rows[index]!.document)
    await append(database, ref, transplant(content, ref, person, random))
    content.destroy()
  }
  await database.catalogue.bulkAdd(rows)
  const library = contentRef(libraryIdOf(person))
  const entries = edit(contentDoc([]), library, person, random, (doc) => {
    for (const { document, nonce, createdAt, title, pinned, removedAt } of rows) {
      addEntry(doc, { document, nonce, createdAt, title, pinned, removedAt })
    }
  })
  await append(database, library, entries)
}

async function append(
  database: MeridianDatabase,
  ref: ChannelRef,
  { update, writer }: LocalUpdate
): Promise<void> {
  const channel = channelKey(ref)
  const row = summed({ channel, update })
  await database.updates.add(row)
  await database.outbox.add({ ...row, writer, schemaMajor: schemaVersion.major })
}

function contentRef(document: DocumentId): ChannelRef {
  return { document, channel: 'content' }
}
