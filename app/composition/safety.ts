// Everything of this device that is not safe yet, over all documents: open ones as they say, closed ones by count.
import { computed, signal, type ReadonlySignal } from '@preact/signals-core'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { forgetLoss, lossSince } from '../browser/canary'
import type { LibraryReplica } from '../replica/library'
import type { LibraryItem, OpenDocument, Safety, UnsafeDocument } from '../shell/meridian'
import type { ConnectionState } from '../store/notices'
import type { StoreFailureReason } from '../store/ports'
import { dropRecoveryCopy, loadRecoveryCopy, recoveryCopies } from '../store/recovery-copy'
import { contentDoc, hasContent } from '../store/transplant'
import { changesIn, statusOf, type DocumentStatus } from '../sync/status'
import { tellTrouble } from './device'

export type SafetyParts = {
  readonly items: ReadonlySignal<readonly LibraryItem[]>
  readonly shown: ReadonlySignal<readonly OpenDocument[]>
  /** The list of documents itself, which is one. */
  readonly library: {
    readonly document: DocumentId
    readonly status: ReadonlySignal<DocumentStatus>
  }
  readonly connection: ReadonlySignal<ConnectionState>
  readonly storeFailure: ReadonlySignal<StoreFailureReason | null>
}

export function watchSafety(parts: SafetyParts): ReadonlySignal<readonly UnsafeDocument[]> {
  return computed(() => {
    const titles = new Map(parts.items.value.map((item) => [item.document, item.title]))
    const shown = new Map(parts.shown.value.map((open) => [open.document, open.status.value]))
    const { library } = parts
    const all: UnsafeDocument[] = [
      { document: library.document, title: null, status: library.status.value }
    ]
    for (const [document, status] of shown) {
      all.push({ document, title: titles.get(document) ?? '', status })
    }
    for (const { document, title, unacknowledged } of parts.items.value) {
      if (shown.has(document)) continue
      all.push({ document, title, status: closedStatus(parts, unacknowledged) })
    }
    return all.filter(({ status }) => changesIn(status) > 0)
  })
}

function closedStatus(
  { connection, storeFailure }: SafetyParts,
  unacknowledged: number
): DocumentStatus {
  return statusOf({
    ...{ unwritten: 0, relayed: false, caughtUp: true, unanswered: false, unacknowledged },
    connection: connection.value,
    failure: unacknowledged > 0 ? storeFailure.value : null
  })
}

export type LossParts = {
  readonly birth: string | null
  readonly library: Pick<LibraryReplica, 'createFrom'>
  readonly items: ReadonlySignal<readonly LibraryItem[]>
}

/** What the browser deleted before this start, and the way back that is on this device. */
export function watchLoss({
  birth,
  library,
  items
}: LossParts): Pick<Safety, 'loss' | 'forgetLoss' | 'copies' | 'bringBack'> {
  const loss = signal(lossSince(birth))
  const copies = signal(0)
  const left = async (): Promise<DocumentId[]> => {
    const listed = new Set(items.peek().map(({ document }) => document))
    return (await recoveryCopies()).filter((document) => !listed.has(document))
  }
  const count = async (): Promise<void> => {
    copies.value = loss.peek() === null ? 0 : (await left()).length
  }
  count().catch(tellTrouble)
  return {
    loss,
    copies,
    forgetLoss() {
      forgetLoss()
      loss.value = null
    },
    async bringBack() {
      for (const document of await left()) {
        const copy = await loadRecoveryCopy(document)
        const content = contentDoc(copy === null ? [] : [copy])
        if (copy !== null && hasContent(content)) await library.createFrom([copy])
        content.destroy()
        await dropRecoveryCopy(document)
      }
      await count()
    }
  }
}
