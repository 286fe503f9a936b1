// Asks the browser to keep this site's storage for good: after the first edit, when it is worth it.
import { signal, type ReadonlySignal } from '@preact/signals-core'

export type Persistence = {
  /** Whether storage is persistent; null until the browser has said so. */
  readonly persistent: ReadonlySignal<boolean | null>
  /** Asks, once in this page's life: some browsers ask the person in turn. */
  ask(): void
}

/** `storage` is undefined at plain http and in some WebKits. */
export function createPersistence(
  storage: StorageManager | undefined,
  onFailure: (cause: unknown) => void
): Persistence {
  const persistent = signal<boolean | null>(null)
  const hear = (answer: boolean): void => {
    persistent.value = answer
  }
  storage?.persisted().then(hear, onFailure)
  let asked = false
  return {
    persistent,
    ask() {
      if (asked || storage === undefined || persistent.value === true) return
      asked = true
      storage.persist().then(hear, onFailure)
    }
  }
}
