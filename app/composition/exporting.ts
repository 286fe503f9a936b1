// A document as a file, from this tab's memory if it is open here: also when the storage is broken.
import * as Y from 'yjs'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { documentMarkdown } from '../../sync-api/forms/markdown'
import { saveFile } from '../browser/files'
import type { ExportForm } from '../shell/meridian'
import type { ReplicaStore } from '../store/ports'
import { titleOf } from '../store/title'
import { contentDoc } from '../store/transplant'

/** UTF-16 units of a title in a file's name: below what every file system takes. */
const nameLengthMax = 80

/** Content that is open in this tab, else what is stored. */
export async function exportDocument(
  open: readonly { readonly document: DocumentId; readonly replica: { readonly doc: Y.Doc } }[],
  store: Pick<ReplicaStore, 'load'>,
  document: DocumentId,
  form: ExportForm
): Promise<void> {
  const shown = open.find((one) => one.document === document)
  if (shown !== undefined) return saveContent(shown.replica.doc, form)
  const content = contentDoc((await store.load({ document, channel: 'content' })).updates)
  saveContent(content, form)
  content.destroy()
}

export function saveContent(content: Y.Doc, form: ExportForm): void {
  const name = fileNameOf(titleOf(content))
  switch (form) {
    case 'markdown':
      return saveFile(`${name}.md`, 'text/markdown', documentMarkdown(content))
    case 'yjs':
      return saveFile(`${name}.yjs`, 'application/octet-stream', Y.encodeStateAsUpdate(content))
  }
}

function fileNameOf(title: string): string {
  const plain = title.replaceAll(/[\p{C}\p{Z}\s/\\:*?"<>|.]+/gu, ' ').trim()
  return plain.slice(0, nameLengthMax).replace(/\p{Surrogate}/gu, '') || 'Untitled'
}
