// Copies a data folder: each of its two databases as of one moment, and its small files.
import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFiles } from './data-folder'
import { openDirectoryFile } from './directory-file'
import { hasCode } from './file-errors'
import { openLogFile } from './log-file'
import { flush } from './new-folder'

/** Not the format: it is written when all else is there. */
const smallFiles = [dataFiles.ticketKey, dataFiles.certificate, dataFiles.certificateKey]

/** Copies everything but the format file, also from under a running host, and flushes it to disk. */
export async function copyData(from: string, to: string): Promise<void> {
  // The log first: what the directory holds was put there before the log could mean it.
  await copyDatabase(openLogFile(join(from, dataFiles.log)), join(to, dataFiles.log))
  await copyDatabase(
    openDirectoryFile(join(from, dataFiles.directory)),
    join(to, dataFiles.directory)
  )
  for (const name of smallFiles) await copySmall(join(from, name), join(to, name))
  await flush(to)
}

async function copyDatabase(
  file: { copy(target: string): Promise<void>; close(): Promise<void> },
  target: string
): Promise<void> {
  try {
    await file.copy(target)
  } finally {
    await file.close()
  }
  await flush(target)
}

async function copySmall(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) return
    throw failure
  }
  await flush(to)
}
