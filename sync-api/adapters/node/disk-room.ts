// The disk of the data folder: whether it takes what is to be written, asked before every commit.
//
// lmdb must not be the one to find out. When a write of its own fails (lmdb 3.5.6), it puts a message
// into a buffer too small for it and damages the memory of the process.
import { constants, statfsSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { hasCode } from './file-errors'

/** Left free beside what a commit needs, bytes: others write to the same disk meanwhile. */
const reserveBytes = 16 * 1024 * 1024

/**
 * What a row takes beside its bytes, at most: the pages on its way through the tree, of 4 KB each,
 * are written anew, and those they replace are free only after the commit.
 */
const rowOverheadBytes = 32 * 1024

/** So much free space, bytes, does not go within `plentyMs`: no disk is written so fast. */
const plentyBytes = 2 * 1024 * 1024 * 1024
const plentyMs = 200

export type Disk = {
  /** Rejects with a sentence for a person when so many rows of so many bytes cannot be stored. */
  take(rows: number, bytes: number): Promise<void>
  /** A commit failed although there was room: neither disk nor process can be relied on any more. */
  broke(cause: unknown): void
}

export type DiskRoom = Disk & {
  /** Why nothing can be stored at the moment, as a sentence for a person; null when it can. */
  trouble(): Promise<string | null>
  /** Bytes that are free on the disk. */
  free(): number
}

/** What the host does about its disk. */
export type DiskReport = {
  /** There is no room or right to write any more; told once, with a sentence. */
  readonly stopped: (sentence: string) => void
  readonly wentOn: () => void
  readonly broke: (cause: unknown) => void
}

export function createDiskRoom(folder: string, report: DiskReport): DiskRoom {
  /** What was refused last, bytes; null while everything is taken. */
  let refused: number | null = null
  /** Until when what was found holds, ms of performance.now(). */
  let plentyUntil = 0

  async function take(rows: number, bytes: number): Promise<void> {
    if (performance.now() < plentyUntil) return
    const needed = rows * rowOverheadBytes + 2 * bytes
    const sentence = await troubleWith(needed)
    const before = refused
    refused = sentence === null ? null : needed
    if (sentence === null) {
      if (before !== null) report.wentOn()
      return
    }
    // Once, and not for every push of everybody who writes.
    if (before === null) report.stopped(sentence)
    throw new Error(sentence)
  }

  async function troubleWith(bytes: number): Promise<string | null> {
    try {
      await access(folder, constants.W_OK)
      const { bavail, bsize } = await statfs(folder)
      const free = bavail * bsize
      if (free > plentyBytes) plentyUntil = performance.now() + plentyMs
      return free >= reserveBytes + bytes ? null : full
    } catch (failure) {
      return `The data folder cannot be written (${reasonOf(failure)}). Documents can be read meanwhile.`
    }
  }

  return {
    take,
    broke: report.broke,
    trouble: () => troubleWith(refused ?? 0),
    free() {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    }
  }
}

const full =
  'The disk of the data folder is full: nothing is stored until there is room. Free some space; ' +
  'devices keep what is written and send it again by themselves.'

function reasonOf(failure: unknown): string {
  if (hasCode(failure, 'EROFS')) return 'its disk is read-only'
  if (hasCode(failure, 'ENOENT')) return 'it is not there any more'
  return failure instanceof Error ? failure.message : String(failure)
}
