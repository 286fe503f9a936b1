// Folds and digests for few events: Yjs is loaded for the first of them, and not at a cold start.
import type { Folder } from '../../core/ports'

export function createLaterFolder(): Folder {
  let loaded: Promise<Folder> | null = null
  const folder = (): Promise<Folder> => (loaded ??= load())
  return {
    fold: async (updates) => (await folder()).fold(updates),
    digest: async (updates) => (await folder()).digest(updates)
  }
}

async function load(): Promise<Folder> {
  const { createMemoryFolder } = await import('../../adapters/memory/folder')
  return createMemoryFolder()
}
