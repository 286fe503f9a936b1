// The documents this tab shows: opened once each, told to sync, and stored before the tab may go.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import type { Replica } from '../replica/replica'
import type { OpenDocument } from '../shell/meridian'
import type { LocalUpdate } from '../store/ports'
import type { Sync } from '../sync/start'
import { openDocument, type OpenDocumentParts } from './open-document'

export type OpenDocuments = {
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
  const replicas = (): Replica[] => [
    parts.library.replica,
    ...[...opened].map(({ replica }) => replica)
  ]
  return {
    async open(document) {
      const inner = await openDocument(parts, document)
      const outer: OpenDocument = {
        ...inner,
        async close() {
          opened.delete(outer)
          show()
          await inner.close()
        }
      }
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
