// Stores what a tab typed in its last moment: a browser may abort the commits of a tab it closes.
import type { PageToWorker } from '../app/browser/messages'
import { currentIdentity } from '../app/identity/keys'
import { appendLocal } from '../app/store/append-local'
import { openNotices } from '../app/store/channel-notices'
import { databaseName, openDatabase } from '../app/store/database'
import { keepLife } from '../app/store/lives'
import { channelRefOf, isTabId, isWriterId, type DocumentId } from '../sync-api/protocol/ids'

export type LastWords = Extract<PageToWorker, { type: 'last-words' }>

/**
 * Resolves with their document when they are stored and every tab has heard of them. Rejects when
 * they cannot be.
 */
export async function keepLastWords({ channel, tab, updates }: LastWords): Promise<DocumentId> {
  const ref = channelRefOf(channel)
  const words = updates.map(({ update, writer, asides }) => {
    if (!isWriterId(writer)) throw new Error('The writer of a last word is none')
    return { update, writer, asides }
  })
  if (!isTabId(tab) || words.length === 0) throw new Error('Last words of nobody')
  const database = openDatabase(() => database.close())
  const life = keepLife(database, reportError)
  const notices = openNotices(databaseName)
  try {
    // Deleted under the tab it would be made anew here, and hold words without what they build on.
    if ((await database.keys.get(currentIdentity)) === undefined) {
      throw new Error('The database they belong to is gone')
    }
    await appendLocal(database, ref, words)
    for (const { update, writer, asides } of words) {
      notices.tell({ kind: 'written', ref, tab, writer, asides, updates: [update] })
    }
    return ref.document
  } finally {
    notices.close()
    await life.end()
    database.close()
  }
}
