// The id of a log on disk, which its cursors carry, and when it was made of a backup.
import { randomBytes } from 'node:crypto'
import { open, type Database, type RootDatabase } from 'lmdb'
import { logIdBytes } from '../../core/log-cursor'

const key = Buffer.from('id')
const restoredKey = Buffer.from('restored')
const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
type Rows = Database<Buffer, Buffer>

/** The id of an open log, which is given one if it has none. */
export async function idOfLog(root: RootDatabase<Buffer, Buffer>): Promise<Uint8Array> {
  const about = aboutOf(root)
  return about.get(key) ?? giveId(about)
}

/** When the log was restored, ms since 1970; null for one that never was. */
export function restoredAtOf(root: RootDatabase<Buffer, Buffer>): number | null {
  const row = aboutOf(root).get(restoredKey)
  return row === undefined ? null : Number(row.toString())
}

/**
 * Gives the log in a file another id, and notes the time. A restored log goes on where its backup ended, so it numbers
 * other entries with numbers it has given before: who holds a cursor of then must read anew.
 */
export async function renewLogId(file: string): Promise<void> {
  const root = open<Buffer, Buffer>({ path: file, noSubdir: true, ...binary })
  try {
    const about = aboutOf(root)
    await giveId(about)
    await about.put(restoredKey, Buffer.from(`${Date.now()}`))
  } finally {
    await root.close()
  }
}

function aboutOf(root: RootDatabase<Buffer, Buffer>): Rows {
  return root.openDB<Buffer, Buffer>({ name: 'about', ...binary })
}

async function giveId(about: Rows): Promise<Uint8Array> {
  const made = randomBytes(logIdBytes)
  await about.put(key, made)
  return made
}
