// The folder a relay keeps its data in: one process at a time, one format.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './file-errors'
import { takeLock } from './folder-lock'

/** What the files in the folder look like. A release that changes them raises it and converts. */
const formatVersion = 1

export type DataFolder = {
  readonly path: string
  /** Lets another process have the folder. */
  close(): Promise<void>
}

/**
 * Makes the folder if need be and takes it for this process. Rejects with a sentence for a person
 * when another process has it, or when a newer release wrote it.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const made = await mkdir(path, { recursive: true })
  // Everybody's documents lie here: other accounts of the machine have no business in it.
  if (made !== undefined) await chmod(path, 0o700)
  const lock = await takeLock(path)
  try {
    await checkFormat(join(path, 'format'), path)
  } catch (failure) {
    await lock.release()
    throw failure
  }
  return { path, close: lock.release }
}

async function checkFormat(file: string, path: string): Promise<void> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (failure) {
    if (!hasCode(failure, 'ENOENT')) throw failure
    return writeFile(file, `${formatVersion}\n`, { flush: true })
  }
  const found = Number(text.trim())
  if (found === formatVersion) return
  throw new Error(
    `The data folder ${path} has format ${text.trim()}, and this release reads format ${formatVersion}. ` +
      'Start the release that wrote it, or choose another folder with --data.'
  )
}
