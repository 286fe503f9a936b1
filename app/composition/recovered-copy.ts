// Turns edits that were refused into a document of the person's own.
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import type { CopyRow } from '../store/database'
import { contentDoc, transplant } from '../store/transplant'
import type { OpenDocumentParts } from './open-document'

/** Answers the new document; the copy goes once its text is stored there. */
export async function makeDocumentOf(
  parts: OpenDocumentParts,
  copy: CopyRow,
  onDropped: () => Promise<void>
): Promise<DocumentId> {
  const { library, store, notices, copies, person, tab, random } = parts
  const document = await library.create()
  const ref: ChannelRef = { document, channel: 'content' }
  const source = contentDoc([copy.update, copy.unacknowledged])
  const { update, writer } = transplant(source, ref, person, random)
  source.destroy()
  await store.appendLocal(ref, [{ update, writer }])
  notices.tell({ kind: 'written', ref, tab, writer, updates: [update] })
  await copies.drop(copy.copy)
  await onDropped()
  return document
}
