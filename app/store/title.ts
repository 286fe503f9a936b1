// A document's title as text: read from a Y.Doc, and changed by its difference alone.
import { simpleDiffString } from 'lib0/diff'
import * as Y from 'yjs'
import { contentRoots } from '../../sync-api/protocol/roots'

/** Longest title kept, UTF-16 units: a sentence or two, and the list stays a list. */
export const titleLengthMax = 300

export function titleOf(doc: Y.Doc): string {
  return doc.getText(contentRoots.title).toJSON()
}

/** Makes the title `title`, touching only what differs, so that two who rename merge. */
export function setTitle(doc: Y.Doc, title: string, origin: object): void {
  const text = doc.getText(contentRoots.title)
  const wanted = tidyTitle(title)
  const { index, remove, insert } = simpleDiffString(text.toJSON(), wanted)
  if (remove === 0 && insert === '') return
  Y.transact(
    doc,
    () => {
      text.delete(index, remove)
      text.insert(index, insert)
    },
    origin
  )
}

/** One line, whole characters, not too long. */
export function tidyTitle(title: string): string {
  const line = title.replace(/\s+/g, ' ').trim().slice(0, titleLengthMax)
  // A lone half of a pair would be stored as something else, and replicas would differ for ever.
  return line.replace(/\p{Surrogate}/gu, '')
}
