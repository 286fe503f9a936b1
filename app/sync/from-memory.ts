// Sends what a tab holds in memory when this device cannot store it: by HTTP, past the store.
import * as Y from 'yjs'
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import { createMemoryStore } from '../store/memory-store'
import { createHttpSync } from './http-sync'
import type { Post } from './surroundings'

export type FromMemoryOptions = {
  readonly ref: ChannelRef
  readonly post: Post
  readonly random: (length: number) => Uint8Array
  /** The creator's proof; null for documents of others. */
  readonly nonceOf: (document: DocumentId) => string | null
}

/** Where nothing has been read yet: every cursor begins here. */
const nowhere = new Uint8Array()

/**
 * Has `doc` compared with the relay's log and the log given what it lacks. Resolves with whether the
 * relay has acknowledged all that `doc` held at the call; rejects when it cannot be asked. What it
 * sends is numbered under an outbox of its own: of the device's, a store that fails cannot say which
 * numbers were used. Sent once more when the store is back, it is twice the same for Yjs.
 */
export async function sendFromMemory(doc: Y.Doc, options: FromMemoryOptions): Promise<boolean> {
  const { ref, post, random, nonceOf } = options
  const memory = createMemoryStore(random)
  let given = false
  const store: typeof memory = {
    ...memory,
    giveBack(ref, held, from, to) {
      // Who may only read gives nothing, and has then nothing that waits to be sent.
      given = held !== null
      return memory.giveBack(ref, held, from, to)
    }
  }
  await store.receive(ref, [Y.encodeStateAsUpdate(doc)], nowhere, nowhere)
  await store.doubt(ref)
  const notices = { tell: () => undefined }
  await createHttpSync({ store, notices, post, nonceOf }).sync(ref.document)
  const unsent = await store.pending()
  const { doubted } = await store.state(ref)
  return given && unsent.length === 0 && store.copies.size === 0 && !doubted
}
