// Keeps the recovery copy of an open document fresh: when nobody types, and when it closes.
import * as Y from 'yjs'
import type { ReplicaOptions } from './replica'

/** Quiet time before a copy is written, ms: long enough that it never falls into a sentence. */
const quietMs = 10_000

export type Copying = {
  /** Writes the copy now, if anything has changed since the last. */
  copy(): Promise<void>
  stop(): void
}

export function startCopying(options: ReplicaOptions, doc: Y.Doc): Copying {
  const { ref, writeCopy, after, onTrouble } = options
  let changed = false
  let waiting: (() => void) | null = null

  async function copy(): Promise<void> {
    if (!changed || writeCopy === null) return
    changed = false
    try {
      await writeCopy(ref.document, Y.encodeStateAsUpdate(doc))
    } catch (cause) {
      changed = true
      onTrouble(cause)
    }
  }

  const onUpdate = (): void => {
    changed = true
    waiting?.()
    waiting = after(quietMs, () => void copy())
  }
  doc.on('update', onUpdate)
  return {
    copy,
    stop() {
      doc.off('update', onUpdate)
      waiting?.()
    }
  }
}
