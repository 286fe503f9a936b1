// Who is where: tells the relay of this browser's tabs, and the tabs of everybody else.
import type { DocumentId, PersonId, TabId } from '../../sync-api/protocol/ids'
import type { ClientMessage, Presence } from '../../sync-api/protocol/messages'
import type { Notice, Notices } from '../store/notices'

type Present = Extract<Notice, { kind: 'present' }>

export type PresenceDesk = {
  /** A tab of this browser said where it is. */
  heardHere(notice: Present): void
  /** The relay said where others are. */
  heardThere(document: DocumentId, people: readonly Presence[]): void
  /** The relay listens for this document from now on: it is told who is here. */
  subscribed(document: DocumentId): void
  /** A tab asks who is there. */
  repeat(document: DocumentId): void
  /** A tab is gone without a word. */
  forget(tab: TabId): void
  /** The connection is gone: nobody is known to be there any more. */
  down(): void
}

/** `say` may drop what the relay would not take now: it is said again when subscribed. */
export function createPresenceDesk(
  say: (message: ClientMessage & { type: 'awareness' }) => void,
  notices: Pick<Notices, 'tell'>
): PresenceDesk {
  const here = new Map<DocumentId, Map<TabId, string>>()
  const there = new Map<DocumentId, Map<string, Presence>>()

  function heardHere({ document, tab, state }: Present): void {
    const tabs = here.get(document) ?? new Map<TabId, string>()
    if (state === null) tabs.delete(tab)
    else tabs.set(tab, state)
    if (tabs.size === 0) here.delete(document)
    else here.set(document, tabs)
    say({ type: 'awareness', document, tab, state })
  }

  return {
    heardHere,
    heardThere(document, people) {
      const known = there.get(document) ?? new Map<string, Presence>()
      for (const presence of people) {
        const key = keyOf(presence.person, presence.tab)
        if (presence.state === null) known.delete(key)
        else known.set(key, presence)
      }
      there.set(document, known)
      notices.tell({ kind: 'people', document, people })
    },
    subscribed(document) {
      for (const [tab, state] of here.get(document) ?? []) {
        say({ type: 'awareness', document, tab, state })
      }
    },
    repeat(document) {
      const people = [...(there.get(document)?.values() ?? [])]
      if (people.length > 0) notices.tell({ kind: 'people', document, people })
    },
    forget(tab) {
      for (const [document, tabs] of here) {
        if (tabs.has(tab)) heardHere({ kind: 'present', document, tab, state: null })
      }
    },
    down() {
      for (const [document, known] of there) {
        const people = [...known.values()].map((presence) => ({ ...presence, state: null }))
        if (people.length > 0) notices.tell({ kind: 'people', document, people })
      }
      there.clear()
    }
  }
}

function keyOf(person: PersonId, tab: TabId): string {
  return `${person}/${tab}`
}
