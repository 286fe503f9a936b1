// What a host keeps on its disk, opened together and closed in the reverse order.
import { join } from 'node:path'
import type { Clock, Directory, Folder, Log, Tickets } from '../core/ports'
import { dataFiles, openDataFolder } from '../adapters/node/data-folder'
import { createDiskRoom, type DiskReport, type DiskRoom } from '../adapters/node/disk-room'
import { writeFailure } from '../adapters/node/file-errors'
import { openLmdbDirectory } from '../adapters/node/lmdb-directory'
import { openLmdbLog } from '../adapters/node/lmdb-log'
import { createThreadFolder } from '../adapters/node/thread-folder'
import { loadTicketKeys } from '../adapters/node/ticket-keys'
import { createTickets } from '../adapters/node/tickets'

export type Storage = {
  readonly ports: {
    readonly log: Log
    readonly directory: Directory
    readonly folder: Folder
    readonly tickets: Tickets
    readonly receiptKey: Uint8Array
  }
  readonly disk: Pick<DiskRoom, 'trouble' | 'free'>
  /** Resolves when everything is on disk and another process may have the folder. */
  close(): Promise<void>
}

/** The folding thread's script, built beside the host. */
const foldScript = join(import.meta.dirname, 'fold-worker.js')

/** Each data folder has a key of its own, which alone tells its tickets from those of others. */
const place = { issuer: 'meridian', audience: 'meridian' }

/** Rejects with a sentence for a person, and then holds nothing. */
export async function openStorage(
  path: string,
  clock: Clock,
  report: DiskReport
): Promise<Storage> {
  const closings: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0).toReversed()) await closing()
  }
  try {
    const data = await openDataFolder(path)
    closings.push(() => data.close())
    const disk = createDiskRoom(path, report)
    const log = await openLmdbLog(join(path, dataFiles.log), disk)
    closings.push(() => log.close())
    const directory = openLmdbDirectory(join(path, dataFiles.directory), disk)
    closings.push(() => directory.close())
    const folder = createThreadFolder(foldScript)
    closings.push(() => folder.close())
    const keys = await loadTicketKeys(join(path, dataFiles.ticketKey))
    const tickets = createTickets(keys, { ...place, clock })
    const { receiptKey } = keys
    return { ports: { log, directory, folder, tickets, receiptKey }, disk, close }
  } catch (failure) {
    await close()
    throw writeFailure(failure, path)
  }
}
