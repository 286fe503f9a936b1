// Folding and digests at once, in the caller's own turn.
import { digestUpdates } from '../../core/digest'
import { foldUpdates } from '../../core/fold'
import type { Folder } from '../../core/ports'

export function createMemoryFolder(): Folder {
  return {
    fold: async (updates) => foldUpdates(updates),
    digest: async (updates) => digestUpdates(updates)
  }
}
