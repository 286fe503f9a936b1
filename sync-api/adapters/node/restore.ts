// Makes a data folder of a backup: checked before, whole or refused after, and a log of its own.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beginFolder, dataFiles, finishFolder, isUnfinished, makeFolder } from './data-folder'
import { forgetCodes } from './directory-file'
import { writeFailure } from './file-errors'
import { copyData } from './folder-copy'
import { takeLock } from './folder-lock'
import { inspectFolder, type Inspection, type Tell } from './inspection'
import { renewLogId } from './log-id'
import { flush } from './new-folder'

export type RestoreOptions = {
  /** Restores a damaged backup too: where there is no better one. */
  readonly acceptDamage: boolean
  /** Hears of every problem of the backup. */
  readonly tell: Tell
}

/** What an empty disk may hold of its own. */
const notOurs = new Set(['lost+found'])

/**
 * Fills the empty or new folder `path` with the backup. Rejects with a sentence for a person; what
 * was cut short is a folder that no host opens, and that may be restored into again.
 */
export async function restoreBackup(
  backup: string,
  path: string,
  { acceptDamage, tell }: RestoreOptions
): Promise<Inspection> {
  const inspection = await inspectFolder(backup, tell)
  if (inspection.damages > 0 && !acceptDamage) {
    throw new Error(
      `The backup ${backup} is damaged, so nothing was restored. Use another one, or add ` +
        '--accept-damage: documents without damage are then served, and the others named.'
    )
  }
  try {
    await makeFolder(path)
    await refuseFull(path)
    const lock = await takeLock(path)
    try {
      await refuseFull(path)
      await fill(backup, path)
    } finally {
      await lock.release()
    }
  } catch (failure) {
    throw writeFailure(failure, path)
  }
  return inspection
}

async function refuseFull(path: string): Promise<void> {
  if (await isUnfinished(path)) return
  const found = (await readdir(path)).filter((name) => !isLock(name) && !notOurs.has(name))
  if (found.length === 0) return
  throw new Error(
    `${path} is not empty (it holds ${found[0]}), and a restore replaces nothing. Name a new folder with --data, ` +
      'or move this one away.'
  )
}

/** The lock of a host or of this restore: who may have the folder is the lock's to say. */
function isLock(name: string): boolean {
  return name === 'lock' || name.startsWith('lock.')
}

async function fill(backup: string, path: string): Promise<void> {
  await beginFolder(path)
  try {
    await clear(path)
    await copyData(backup, path)
    const log = join(path, dataFiles.log)
    const directory = join(path, dataFiles.directory)
    await renewLogId(log)
    await forgetCodes(directory)
    for (const file of [log, directory, path]) await flush(file)
    await finishFolder(path)
    await flush(path)
  } catch (failure) {
    await clear(path)
    await rm(join(path, dataFiles.format), { force: true })
    throw failure
  }
}

/** Removes what a restore puts into the folder, but for the format that says it is unfinished. */
async function clear(path: string): Promise<void> {
  const { log, directory, ticketKey, certificate, certificateKey } = dataFiles
  const names = [log, `${log}-lock`, directory, `${directory}-lock`]
  for (const name of [...names, ticketKey, certificate, certificateKey]) {
    await rm(join(path, name), { force: true })
  }
}
