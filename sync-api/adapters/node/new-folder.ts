// A folder that is there whole or not at all: filled under another name, flushed, then renamed.
import { randomUUID } from 'node:crypto'
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasCode, writeFailure } from './file-errors'

/**
 * Makes the folder `target`, readable for its owner only, of what `fill` puts into its draft.
 * Rejects with a sentence for a person, and then there is no `target`; one that exists is refused.
 */
export async function makeNewFolder<T>(
  target: string,
  fill: (draft: string) => Promise<T>
): Promise<T> {
  await refuseExisting(target)
  const draft = `${target}.${randomUUID()}.partial`
  try {
    await mkdir(dirname(target), { recursive: true })
    await mkdir(draft, { mode: 0o700 })
    const made = await fill(draft)
    await flush(draft)
    // Looked at again: filling takes its time, and another may have finished first.
    await refuseExisting(target)
    await rename(draft, target)
    await flush(dirname(target))
    return made
  } catch (failure) {
    await rm(draft, { recursive: true, force: true })
    throw writeFailure(failure, target)
  }
}

/** Asks the disk to have what stands in a file or folder. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function refuseExisting(target: string): Promise<void> {
  try {
    await lstat(target)
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) return
    throw writeFailure(failure, target)
  }
  throw new Error(`${target} exists already. Name a folder that does not exist yet.`)
}
