// What a page does beside its screens: last words when it leaves, what it missed when it comes back.
import { channelKey, type TabId } from '../../sync-api/protocol/ids'
import { schemaVersion } from '../../sync-api/protocol/version'
import type { PageToWorker } from '../browser/messages'
import type { PageLife } from '../browser/page-life'
import { now, tellTrouble } from './device'
import type { OpenDocuments } from './open-documents'
import type { Storage } from './storage'

export type HousekeepingParts = {
  readonly tab: TabId
  readonly page: PageLife
  readonly storage: Storage
  /** Made later than this begins to listen. */
  readonly documents: () => OpenDocuments
  readonly callWorker: (message: PageToWorker) => void
  readonly lookForRelease: () => void
}

/** Works for as long as the page lives. Begin it before sync, whose goodbye must find the last words stored. */
export function startHousekeeping(parts: HousekeepingParts): void {
  const { tab, page, documents, callWorker, lookForRelease } = parts
  const { notices, copies, life } = parts.storage
  page.listen((event) => {
    if (event === 'hidden' || event === 'leaving') {
      documents().hurry((ref, updates) =>
        callWorker({ type: 'last-words', channel: channelKey(ref), tab, updates })
      )
    }
    if (event === 'leaving') life.end().catch(tellTrouble)
    if (event === 'back') life.begin()
    if (event === 'visible' || event === 'back') documents().refresh().catch(tellTrouble)
  })
  notices.listen((notice) => {
    // Another person from here on: nothing that this page holds is theirs.
    if (notice.kind === 'identity') location.assign('/')
    // Whoever wrote so had a newer release from somewhere.
    if (notice.kind === 'schema' && notice.major > schemaVersion.major) lookForRelease()
    // A tab that shows nothing any more may have stored its last words without telling.
    const gone = notice.kind === 'shows' && notice.documents.length === 0 && notice.tab !== tab
    if (gone) documents().refresh().catch(tellTrouble)
  })
  copies.expire(now()).catch(tellTrouble)
}
