// The named Yjs types of each channel: published, so that relay, app and tools agree.
import type { Channel } from './roles'

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

/** Roots of a document's comments channel. */
export const commentsRoots = {
  /** Y.Array: what was said, answered and resolved, in order; each an event, none ever changed. */
  events: 'events'
} as const

export type RootKind = 'fragment' | 'text' | 'map' | 'array'

/** Every root of a channel and its kind; the relay takes insertions into no other. */
export const rootsOf: Readonly<Record<Channel, ReadonlyMap<string, RootKind>>> = {
  content: new Map<string, RootKind>([
    [contentRoots.body, 'fragment'],
    [contentRoots.title, 'text'],
    [libraryRoots.documents, 'map'],
    [libraryRoots.profile, 'map']
  ]),
  comments: new Map<string, RootKind>([[commentsRoots.events, 'array']]),
  rights: new Map()
}
