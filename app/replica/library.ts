// The person's library: a private document that says what they have, projected to this device's catalogue.
import type * as Y from 'yjs'
import {
  documentIdOf,
  libraryIdOf,
  longIdBytes,
  toBase64Url,
  type ChannelRef,
  type DocumentId
} from '../../sync-api/protocol/ids'
import { libraryRoots } from '../../sync-api/protocol/roots'
import type { Role } from '../../sync-api/protocol/roles'
import type { Catalogue } from '../store/catalogue'
import type { CatalogueRow } from '../store/database'
import {
  addEntry,
  changeEntry,
  documentsOf,
  readEntries,
  readProfile,
  writeProfile,
  type LibraryEntry,
  type Profile
} from '../store/library-entries'
import { contentDoc, transplant } from '../store/transplant'
import { openReplica } from './open-replica'
import type { Replica, ReplicaOptions } from './replica'
import { setTitle, tidyTitle, titleOf } from '../store/title'

export type LibraryOptions = Omit<ReplicaOptions, 'ref' | 'mayWrite'> & {
  readonly catalogue: Catalogue
  /** ms since 1970. */
  readonly now: () => number
}

export type LibraryReplica = {
  readonly replica: Replica
  /** Makes an empty document; it and its proof are stored on this device when this resolves. */
  create(): Promise<DocumentId>
  /** Makes a document with the content of another, given as its updates, under a new history. */
  createFrom(updates: readonly Uint8Array[]): Promise<DocumentId>
  /** Puts a document of somebody else, opened by a link, into the library. */
  add(document: DocumentId, role: Role): Promise<void>
  /** Rejects with NotOnDevice when the title is not here to be changed. */
  rename(document: DocumentId, title: string): Promise<void>
  remove(document: DocumentId): Promise<void>
  restore(document: DocumentId): Promise<void>
  pin(document: DocumentId, pinned: boolean): Promise<void>
  /** Keeps title and times of an open document in the catalogue; answers the stop. */
  follow(open: Replica): () => void
  /** Null until the person has chosen one, on any device. */
  profile(): Profile | null
  setProfile(profile: Profile): Promise<void>
  /** Told now and on every change; answers its stop. */
  watchProfile(listener: (profile: Profile | null) => void): () => void
  close(): Promise<void>
}

/** The document's text has not been fetched yet, so it cannot be renamed here. */
export class NotOnDevice extends Error {
  constructor() {
    super('This document is not on this device yet. Open it once, then rename it.')
    this.name = 'NotOnDevice'
  }
}

/** Between two notes of an open document's title and time in the catalogue, ms. */
const noteEveryMs = 1_000

export async function openLibrary(options: LibraryOptions): Promise<LibraryReplica> {
  const { person, catalogue, notices, now, onTrouble } = options
  const refOf = (document: DocumentId): ChannelRef => ({ document, channel: 'content' })
  const open = (document: DocumentId): Promise<Replica> =>
    openReplica({ ...options, ref: refOf(document), mayWrite: () => true })
  const replica = await open(libraryIdOf(person))
  const { doc } = replica
  await project(doc, options)
  // One after the other: an older projection must not land on a newer one.
  let projecting = Promise.resolve()
  const onDocuments = (): void => {
    projecting = projecting.then(() => project(doc, options)).catch(onTrouble)
  }
  documentsOf(doc).observeDeep(onDocuments)

  const settled = async (): Promise<void> => {
    await replica.written()
    await projecting
  }

  async function add(entry: LibraryEntry, facts: Partial<CatalogueRow>): Promise<void> {
    addEntry(doc, entry)
    await catalogue.add([{ ...rowOf(entry), ...facts }])
    await settled()
    // The projection may have added the row first, which knows nothing of this device.
    await catalogue.change(entry.document, facts)
    notices.tell({ kind: 'catalogue' })
  }

  async function change(
    document: DocumentId,
    changed: Parameters<typeof changeEntry>[2]
  ): Promise<void> {
    changeEntry(doc, document, changed)
    await catalogue.change(document, changed)
    await settled()
  }

  async function create(title: string, content: Y.Doc | null): Promise<DocumentId> {
    const nonce = toBase64Url(options.random(longIdBytes))
    const document = documentIdOf(person, nonce)
    if (content !== null) {
      const first = transplant(content, refOf(document), person, options.random)
      await options.store.appendLocal(refOf(document), [first])
    }
    const facts = { role: 'owner', onDevice: true } as const
    await add({ ...emptyEntry(document, now()), nonce, title }, facts)
    return document
  }

  return {
    replica,
    create: () => create('', null),
    async createFrom(updates) {
      const content = contentDoc(updates)
      const document = await create(titleOf(content), content)
      content.destroy()
      return document
    },
    async add(document, role) {
      await add(emptyEntry(document, now()), { role })
      await catalogue.change(document, { role })
    },
    async rename(document, title) {
      if (!(await catalogue.get(document))?.onDevice) throw new NotOnDevice()
      const renamed = await open(document)
      setTitle(renamed.doc, title, renameOrigin)
      await renamed.close()
      await change(document, { title: tidyTitle(title) })
    },
    remove: (document) => change(document, { removedAt: now() }),
    restore: (document) => change(document, { removedAt: null }),
    pin: (document, pinned) => change(document, { pinned }),
    follow: (opened) => follow(opened, doc, options),
    profile: () => readProfile(doc),
    async setProfile(profile) {
      writeProfile(doc, profile)
      await replica.written()
    },
    watchProfile(listener) {
      const map = doc.getMap(libraryRoots.profile)
      const tell = (): void => listener(readProfile(doc))
      map.observe(tell)
      tell()
      return () => map.unobserve(tell)
    },
    async close() {
      documentsOf(doc).unobserveDeep(onDocuments)
      await projecting
      await replica.close()
    }
  }
}

const renameOrigin = { kind: 'rename' } as const

/** Brings the catalogue to what the library says; facts of this device stay as they are. */
async function project(
  doc: Replica['doc'],
  { catalogue, notices }: Pick<LibraryOptions, 'catalogue' | 'notices'>
): Promise<void> {
  const entries = readEntries(doc)
  const added = await catalogue.add(entries.map(rowOf))
  const rows = new Map((await catalogue.list()).map((row) => [row.document, row]))
  for (const { document, title, pinned, removedAt } of entries) {
    const row = rows.get(document)
    if (row === undefined) continue
    // Where the text is here, its own title is newer than what some device once noted.
    const shown = row.onDevice ? row.title : title
    const same = row.pinned === pinned && row.removedAt === removedAt && row.title === shown
    if (!same) await catalogue.change(document, { pinned, removedAt, title: shown })
  }
  if (added > 0) notices.tell({ kind: 'catalogue' })
}

function emptyEntry(document: DocumentId, createdAt: number): LibraryEntry {
  return { document, nonce: null, createdAt, title: '', pinned: false, removedAt: null }
}

function rowOf(entry: LibraryEntry): CatalogueRow {
  return {
    ...entry,
    role: entry.nonce === null ? null : 'owner',
    editedAt: entry.createdAt,
    openedAt: null,
    onDevice: false
  }
}

function follow(opened: Replica, library: Replica['doc'], options: LibraryOptions): () => void {
  const { catalogue, now, after, onTrouble } = options
  const { document } = opened.ref
  let waiting: (() => void) | null = null

  async function note(edited: boolean): Promise<void> {
    const title = titleOf(opened.doc)
    const times = edited ? { editedAt: now() } : { openedAt: now() }
    // Opened but not fetched yet it has no title to tell, and the one noted before stays.
    await catalogue.change(document, { ...(edited || title !== '' ? { title } : {}), ...times })
    // From a document nobody has titled or fetched yet, there is nothing to tell other devices.
    if (title !== '') changeEntry(library, document, { title })
  }
  const onUpdate = (): void => {
    waiting ??= after(noteEveryMs, () => {
      waiting = null
      note(true).catch(onTrouble)
    })
  }
  note(false).catch(onTrouble)
  opened.doc.on('update', onUpdate)
  return () => {
    opened.doc.off('update', onUpdate)
    if (waiting === null) return
    waiting()
    note(true).catch(onTrouble)
  }
}
