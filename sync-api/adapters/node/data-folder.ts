// The folder a relay keeps its data in: its files, one process at a time, one format.
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './file-errors'
import { takeLock } from './folder-lock'

/** What the files in the folder look like. A release that changes them raises it and converts. */
const formatVersion = 1

/** What stands in the format file while a restore fills the folder: no release takes it for data. */
const unfinished = 'unfinished'

/** Files of a data folder, by what they hold. lmdb puts a lock of its own beside each of its two. */
export const dataFiles = {
  format: 'format',
  log: 'log.mdb',
  directory: 'directory.mdb',
  ticketKey: 'ticket-key.json',
  certificate: 'certificate.pem',
  certificateKey: 'certificate-key.pem'
} as const

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
  await makeFolder(path)
  const lock = await takeLock(path)
  try {
    const found = await formatOf(path)
    if (found === null) await writeFormat(path, String(formatVersion))
    else refuseOtherFormat(path, found)
  } catch (failure) {
    await lock.release()
    throw failure
  }
  return { path, close: lock.release }
}

/**
 * Resolves when the folder holds data that this release reads, also while another process has it.
 * Rejects with a sentence for a person.
 */
export async function checkDataFolder(path: string): Promise<void> {
  const found = await formatOf(path)
  const log = await stat(join(path, dataFiles.log)).catch((failure: unknown) => {
    if (hasCode(failure, 'ENOENT') || hasCode(failure, 'ENOTDIR')) return null
    throw failure
  })
  if (found === null || log === null) {
    throw new Error(
      `${path} is not a data folder of Meridian: it has no ${found === null ? dataFiles.format : dataFiles.log} file. ` +
        'Name the folder that the host was started with (--data).'
    )
  }
  refuseOtherFormat(path, found)
}

/** Makes a folder that only its owner may look into. */
export async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true })
  // Everybody's documents lie here: other accounts of the machine have no business in it.
  if (made !== undefined) await chmod(path, 0o700)
}

/** Says in the folder that it is being filled. Until `finishFolder` no host opens it. */
export function beginFolder(path: string): Promise<void> {
  return writeFormat(path, unfinished)
}

/** Says in one step that the folder is whole. */
export function finishFolder(path: string): Promise<void> {
  return writeFormat(path, String(formatVersion))
}

/** Whether a restore was cut short in the folder. */
export async function isUnfinished(path: string): Promise<boolean> {
  return (await formatOf(path)) === unfinished
}

/** What the format file says; null when there is none. */
async function formatOf(path: string): Promise<string | null> {
  try {
    return (await readFile(join(path, dataFiles.format), 'utf8')).trim()
  } catch (failure) {
    if (hasCode(failure, 'ENOENT') || hasCode(failure, 'ENOTDIR')) return null
    throw failure
  }
}

async function writeFormat(path: string, text: string): Promise<void> {
  const file = join(path, dataFiles.format)
  await writeFile(`${file}.new`, `${text}\n`, { flush: true })
  await rename(`${file}.new`, file)
}

function refuseOtherFormat(path: string, found: string): void {
  if (Number(found) === formatVersion) return
  if (found === unfinished) {
    throw new Error(`A restore into ${path} was cut short. Restore into it again.`)
  }
  throw new Error(
    `The data folder ${path} has format ${found}, and this release reads format ${formatVersion}. ` +
      'Start the release that wrote it, or choose another folder with --data.'
  )
}
