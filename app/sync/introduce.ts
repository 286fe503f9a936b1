// Tells the relay of a document made on this device, for whoever cannot wait until its turn comes.
import type { DocumentId } from '../../sync-api/protocol/ids'
import type { Catalogue } from '../store/catalogue'
import type { Post } from './surroundings'

/**
 * Answers a function that resolves when the relay knows the document for this person's; a document
 * of others is left to them. It rejects with an Error when the relay cannot be asked.
 */
export function createIntroduction(
  post: Post,
  catalogue: Pick<Catalogue, 'get'>
): (document: DocumentId) => Promise<void> {
  return async (document) => {
    const nonce = (await catalogue.get(document))?.nonce ?? null
    if (nonce === null) return
    const item = { document, channel: 'content', cursor: new Uint8Array(0), nonce } as const
    await post([{ type: 'subscribe', items: [item] }])
  }
}
