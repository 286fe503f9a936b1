// Titles of documents that changed while no tab shows them: read from their rows, one at a time.
import {
  libraryIdOf,
  type DocumentId,
  type PersonId,
  type TabId
} from '../../sync-api/protocol/ids'
import type { Catalogue } from '../store/catalogue'
import type { Notices } from '../store/notices'
import type { ReplicaStore } from '../store/ports'
import { contentDoc } from '../store/transplant'
import type { After } from './queue'
import { titleOf } from '../store/title'

export type ProjectionOptions = {
  readonly person: PersonId
  readonly store: Pick<ReplicaStore, 'load'>
  readonly catalogue: Pick<Catalogue, 'get' | 'change'>
  readonly notices: Notices
  readonly after: After
  /** ms since 1970. */
  readonly now: () => number
  /** Whether this tab is the one that does it. */
  readonly leads: () => boolean
  readonly onTrouble: (cause: unknown) => void
}

/** Rest between two documents, ms: two hundred that catch up must not be felt while typing. */
const restMs = 50

/** Keeps the catalogue's titles true for closed documents. Answers the stop. */
export function startProjection(options: ProjectionOptions): () => void {
  const { notices, after, onTrouble } = options
  const library = libraryIdOf(options.person)
  const changed = new Set<DocumentId>()
  const shown = new Map<TabId, readonly DocumentId[]>()
  let resting: (() => void) | null = null
  let stopped = false

  function work(): void {
    resting = null
    const [document] = changed
    if (document === undefined || stopped) return
    changed.delete(document)
    projectTitle(options, document)
      .catch(onTrouble)
      .finally(() => {
        if (!stopped) resting = after(restMs, work)
      })
      .catch(onTrouble)
  }

  const stopListening = notices.listen((notice) => {
    if (notice.kind === 'shows') shown.set(notice.tab, notice.documents)
    if (notice.kind !== 'received' || notice.ref.channel !== 'content') return
    const { document } = notice.ref
    const isShown = [...shown.values()].some((documents) => documents.includes(document))
    if (document === library || isShown || !options.leads()) return
    changed.add(document)
    resting ??= after(restMs, work)
  })
  return () => {
    stopped = true
    stopListening()
    resting?.()
  }
}

async function projectTitle(options: ProjectionOptions, document: DocumentId): Promise<void> {
  const { catalogue, store, now } = options
  const row = await catalogue.get(document)
  if (row === undefined) return
  const { updates } = await store.load({ document, channel: 'content' })
  const doc = contentDoc(updates)
  const title = titleOf(doc)
  doc.destroy()
  // What this device has never opened is being fetched, not edited.
  const edited = row.openedAt === null ? {} : { editedAt: now() }
  await catalogue.change(document, { title, onDevice: true, ...edited })
}
