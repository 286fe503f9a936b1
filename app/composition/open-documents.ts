// The documents this tab shows: opened once each, told to sync, and stored before the tab may go.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import type { Replica } from '../replica/replica'
import type { OpenDocument } from '../shell/meridian'
import { StoreFailure, type LocalUpdate } from '../store/ports'
import type { Sync } from '../sync/start'
import { openDocument, type OpenDocumentParts } from './open-document'

export type OpenDocuments = {
  /** Closed while its edits cannot be stored, a document stays open, unseen, until they are. */
  open(document: DocumentId): Promise<OpenDocument>
  /** Resolves when everything typed in this tab is stored on this device; rejects when it cannot be. */
  flush(): Promise<void>
  /**
   * Stores at once what was typed, and hands it to `keep` as well: this page may be leaving, and a
   * browser may abort what a closing tab has not finished.
   */
  hurry(keep: (ref: ChannelRef, updates: readonly LocalUpdate[]) => void): void
  /** Reads what other tabs stored while this one was frozen. */
  refresh(): Promise<void>
  /** Tries now to store what waits in memory. */
  retry(): void
  /** Every replica of this tab, the library's among them. */
  replicas(): readonly Replica[]
  /** The documents this tab shows. */
  readonly shown: ReadonlySignal<readonly OpenDocument[]>
}

export function createOpenDocuments(
  parts: OpenDocumentParts,
  sync: Pick<Sync, 'show'>
): OpenDocuments {
  const opened = new Set<OpenDocument>()
  const shown = signal<readonly OpenDocument[]>([])
  // The one opened last is the one in front.
  const show = (): void => {
    shown.value = [...opened].reverse()
    sync.show(shown.value.map(({ document }) => document))
  }
  /** Nobody looks at them any more; they close when what they hold is stored. */
  const leaving = new Set<OpenDocument>()

  async function openAnew(document: DocumentId): Promise<OpenDocument> {
    const inner = await openDocument(parts, document)
    const outer: OpenDocument = {
      ...inner,
      async close() {
        leaving.add(outer)
        // What was set aside stands for the document no more: it is kept as a copy, and goes at once.
        if (!outer.outdated.peek()) await untilStored(outer.replica)
        if (!leaving.delete(outer)) return
        opened.delete(outer)
        show()
        await inner.close()
      }
    }
    return outer
  }

  const replicas = (): Replica[] => [
    parts.library.replica,
    ...[...opened].map(({ replica }) => replica)
  ]
  return {
    async open(document) {
      // Left with edits that are nowhere else, it is still here: another would show less.
      const left = [...leaving].find((open) => open.document === document)
      const outer = left ?? (await openAnew(document))
      leaving.delete(outer)
      opened.delete(outer)
      opened.add(outer)
      show()
      return outer
    },
    async flush() {
      await Promise.all(replicas().map((replica) => replica.written()))
    },
    hurry(keep) {
      for (const replica of replicas()) {
        const updates = replica.unwritten()
        if (updates.length === 0) continue
        keep(replica.ref, updates)
        replica.hurry()
      }
    },
    retry() {
      for (const replica of replicas()) replica.hurry()
    },
    replicas,
    shown,
    async refresh() {
      await Promise.all(replicas().map((replica) => replica.refresh()))
    }
  }
}

/** However often storing fails: the replica tries again by itself. */
async function untilStored(replica: Replica): Promise<void> {
  for (;;) {
    try {
      return await replica.written()
    } catch (cause) {
      if (!(cause instanceof StoreFailure)) throw cause
    }
  }
}
