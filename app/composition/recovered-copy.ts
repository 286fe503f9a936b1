// Turns edits that were refused into a document of the person's own.
import type { DocumentId } from '../../sync-api/protocol/ids'
import type { LibraryReplica } from '../replica/library'
import type { Copies } from '../store/copies'
import type { CopyRow } from '../store/database'

/** Answers the new document; the copy goes once its text is stored there. */
export async function makeDocumentOf(
  { library, copies }: { readonly library: LibraryReplica; readonly copies: Copies },
  copy: CopyRow,
  onDropped: () => Promise<void>
): Promise<DocumentId> {
  // Edits that were under way when it was made may have joined it since.
  const { update, unacknowledged } = (await copies.get(copy.copy)) ?? copy
  const document = await library.createFrom([update, unacknowledged])
  await copies.drop(copy.copy)
  await onDropped()
  return document
}
