// What the library document says: its entries and the profile, read with distrust and written in one place.
import * as Y from 'yjs'
import { isDocumentId, type DocumentId } from '../../sync-api/protocol/ids'
import { nameLengthMax } from '../../sync-api/protocol/limits'
import { libraryRoots } from '../../sync-api/protocol/roots'

/** What a person keeps about a document. Times in ms since 1970 by the clock of the device that wrote. */
export type LibraryEntry = {
  readonly document: DocumentId
  /** The creator's proof; null for documents of others. */
  readonly nonce: string | null
  readonly createdAt: number
  /** As last seen by a device of this person: for devices that have not fetched the text yet. */
  readonly title: string
  readonly pinned: boolean
  readonly removedAt: number | null
}

/** How a person appears to others; `color` is one of the presence colours, 0-11. */
export type Profile = { readonly name: string; readonly color: number }

const presenceColors = 12

/** Every entry of the library. Other releases may write more fields; they are left alone. */
export function readEntries(doc: Y.Doc): LibraryEntry[] {
  const entries: LibraryEntry[] = []
  for (const [document, value] of documentsOf(doc)) {
    if (isDocumentId(document) && value instanceof Y.Map) entries.push(readEntry(document, value))
  }
  return entries
}

function readEntry(document: DocumentId, map: Y.Map<unknown>): LibraryEntry {
  const nonce = map.get('nonce')
  const title = map.get('title')
  return {
    document,
    nonce: typeof nonce === 'string' ? nonce : null,
    createdAt: timeOf(map.get('createdAt')) ?? 0,
    title: typeof title === 'string' ? title : '',
    pinned: map.get('pinned') === true,
    removedAt: timeOf(map.get('removedAt'))
  }
}

/** Adds an entry unless there is one: two devices that add the same document keep what both said. */
export function addEntry(doc: Y.Doc, entry: LibraryEntry): void {
  const documents = documentsOf(doc)
  if (documents.has(entry.document)) return
  const { document, ...fields } = entry
  documents.set(document, new Y.Map(Object.entries(fields)))
}

/** Changes what is given; does nothing for a document that is not in the library. */
export function changeEntry(
  doc: Y.Doc,
  document: DocumentId,
  change: Partial<Omit<LibraryEntry, 'document' | 'nonce' | 'createdAt'>>
): void {
  const map = documentsOf(doc).get(document)
  if (!(map instanceof Y.Map)) return
  Y.transact(doc, () => {
    for (const [key, value] of Object.entries(change)) {
      // A write that says nothing new would still travel to every device and stay in the log.
      if (map.get(key) !== value) map.set(key, value)
    }
  })
}

/** The profile, or null when the person has not chosen one yet. */
export function readProfile(doc: Y.Doc): Profile | null {
  const profile = doc.getMap(libraryRoots.profile)
  const name = profile.get('name')
  const color = profile.get('color')
  if (typeof name !== 'string' || typeof color !== 'number') return null
  const known = Number.isInteger(color) && color >= 0 && color < presenceColors
  return { name: name.slice(0, nameLengthMax), color: known ? color : 0 }
}

export function writeProfile(doc: Y.Doc, { name, color }: Profile): void {
  const profile = doc.getMap(libraryRoots.profile)
  Y.transact(doc, () => {
    profile.set('name', name.slice(0, nameLengthMax))
    profile.set('color', color)
  })
}

export function documentsOf(doc: Y.Doc): Y.Map<unknown> {
  return doc.getMap(libraryRoots.documents)
}

function timeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
