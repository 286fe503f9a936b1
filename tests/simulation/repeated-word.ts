// A word that was typed once and was inserted a second time: what nobody may do who gives back or puts back.
import * as Y from 'yjs'

/**
 * A numbered word that more than one insertion of the document shows whole. What merely reads like one does not count: of
 * `#00021;` and `#00010;` a person can leave `#0002` and `0;` beside each other.
 */
export function repeatedWord(doc: Y.Doc): string | null {
  const seen = new Set<string>()
  for (const structs of doc.store.clients.values()) {
    for (const [word] of shownBy(structs).matchAll(/#\d{5};/g)) {
      if (seen.has(word)) return word
      seen.add(word)
    }
  }
  return null
}

/** What a client inserted and nobody deleted, in the order of its clocks; a gap between what does not follow on. */
function shownBy(structs: readonly (Y.Item | Y.GC)[]): string {
  return structs
    .map((struct) =>
      struct instanceof Y.Item && !struct.deleted && struct.content instanceof Y.ContentString
        ? struct.content.str
        : ' '
    )
    .join('')
}
