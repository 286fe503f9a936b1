// Which documents people of this browser look at, over all its tabs, and so which go first.
import type { DocumentId, TabId } from '../../sync-api/protocol/ids'
import type { Notice } from '../store/notices'

type Shows = Extract<Notice, { kind: 'shows' }>

export type Shown = {
  heard(notice: Shows): void
  has(document: DocumentId): boolean
  /** Every shown document once; those of visible tabs first. */
  inOrder(): readonly DocumentId[]
}

export function createShown(): Shown {
  const tabs = new Map<TabId, Shows>()
  return {
    heard(notice) {
      if (notice.documents.length === 0) tabs.delete(notice.tab)
      else tabs.set(notice.tab, notice)
    },
    has: (document) => [...tabs.values()].some(({ documents }) => documents.includes(document)),
    inOrder() {
      const byTab = [...tabs.values()].sort((a, b) => Number(b.visible) - Number(a.visible))
      return [...new Set(byTab.flatMap(({ documents }) => documents))]
    }
  }
}
