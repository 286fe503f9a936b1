// Pulls a channel to its end, as a client does that comes with a cursor.
import type { Cursor, Entry } from '../../sync-api/protocol/messages'
import { beginning, type SharedDocument } from './bed'

/** Everything in the content of a document after `from`, as its owner pulls it, and the cursor then. */
export async function pullAll(
  { owner, content }: Pick<SharedDocument, 'owner' | 'content'>,
  from: Cursor = beginning
): Promise<{ entries: Entry[]; cursor: Cursor }> {
  const entries: Entry[] = []
  let cursor = from
  for (;;) {
    const [page] = await owner.bulk({ type: 'pull', ...content, cursor })
    if (page?.type !== 'catch-up') throw new Error(`Pulled ${page?.type}`)
    entries.push(...page.entries)
    cursor = page.to
    if (!page.more) return { entries, cursor }
  }
}
