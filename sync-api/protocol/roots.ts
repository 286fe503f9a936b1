// The named Yjs types of each channel: published, so that relay, app and tools agree.

/** Roots of a document's content channel. */
export const contentRoots = {
  /** Y.XmlFragment: what people write. */
  body: 'body',
  /** Y.Text: the document's title. */
  title: 'title'
} as const

/** Roots of the content channel of a person's library document. */
export const libraryRoots = {
  /** Y.Map: document id -> Y.Map of what the person keeps about it. */
  documents: 'documents',
  /** Y.Map: the person's name and colour. */
  profile: 'profile'
} as const
