// Folding at once, in the caller's own turn.
import { foldUpdates } from '../../core/fold'
import type { Folder } from '../../core/ports'

export function createMemoryFolder(): Folder {
  return { fold: async (updates) => foldUpdates(updates) }
}
