// Documents nobody looks at are pulled a few at a time, so that they never delay the one on screen.
import type { DocumentId } from '../../sync-api/protocol/ids'

/** Background documents pulled at once: enough to fill a slow link, few enough to stay polite. */
export const pullsAtOnceMax = 4

export type PullGate = {
  /** Runs `pull` when there is room; at once for a document that is being pulled already. */
  ask(document: DocumentId, pull: () => void): void
  /** A person looks at it now: it waits no longer. */
  hurry(document: DocumentId): void
  /** It needs no more pulls: its place is free. */
  leave(document: DocumentId): void
  clear(): void
}

/** Those that wait go in the order in which they asked. */
export function createPullGate(): PullGate {
  const inside = new Set<DocumentId>()
  const waiting = new Map<DocumentId, () => void>()

  function enter(document: DocumentId, pull: () => void): void {
    inside.add(document)
    pull()
  }

  return {
    ask(document, pull) {
      if (inside.has(document) || inside.size < pullsAtOnceMax) enter(document, pull)
      else waiting.set(document, pull)
    },
    hurry(document) {
      const pull = waiting.get(document)
      if (!waiting.delete(document)) return
      pull?.()
    },
    leave(document) {
      waiting.delete(document)
      if (!inside.delete(document)) return
      const [next] = waiting
      if (next === undefined) return
      waiting.delete(next[0])
      enter(...next)
    },
    clear() {
      inside.clear()
      waiting.clear()
    }
  }
}
