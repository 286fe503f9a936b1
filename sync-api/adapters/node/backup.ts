// A copy of a data folder that is whole or not there, taken while the host runs.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beginFolder, checkDataFolder, dataFiles, finishFolder } from './data-folder'
import { copyData } from './folder-copy'
import { makeNewFolder } from './new-folder'

/** Bytes of the two databases in a new backup. */
export type Backup = { readonly bytes: number }

/**
 * Copies the data folder `from` to the new folder `target`. Rejects with a sentence for a person,
 * and then nothing is left at `target`.
 */
export async function takeBackup(from: string, target: string): Promise<Backup> {
  await checkDataFolder(from)
  return makeNewFolder(target, async (draft) => {
    await beginFolder(draft)
    await copyData(from, draft)
    await finishFolder(draft)
    return { bytes: await sizeOf(draft) }
  })
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    [dataFiles.log, dataFiles.directory].map((name) => stat(join(folder, name)))
  )
  return sizes.reduce((bytes, { size }) => bytes + size, 0)
}
