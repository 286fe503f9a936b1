// Who has the database open, noted in it: whoever opens it next knows of one that was killed, and
// turns the log that Chromium keeps it in.
//
// Chromium stores IndexedDB in a LevelDB and goes on with its log after a restart. A kill between the
// two writes of a record leaves a header without its payload; the next life's first record is then
// taken for that payload, and at the start after that the checksum is wrong and Chromium deletes
// everything of the origin (Chromium 156, "recovering from a corrupted (and deleted) database"; two of
// about 130 kills while somebody typed). A log that was turned in between is read no more, and LevelDB
// turns it at 4 MB.
import { idOf, shortIdBytes } from '../../sync-api/protocol/ids'
import type { MeridianDatabase } from './database'

/** More than LevelDB's write buffer of at most 4 MB, in rows that Chromium keeps in it: below 64 KiB. */
const fillerBytes = 4_500_000
const fillerRowBytes = 60_000

const prefix = 'life '

export type Life = {
  /** Notes it again, after `end`. */
  begin(): void
  /** Resolves when the note is gone. Its commit is under way at once: the page may be leaving. */
  end(): Promise<void>
}

/** Begins when the database is next opened. Where a browser knows no locks it does nothing. */
export function keepLife(database: MeridianDatabase, onTrouble: (cause: unknown) => void): Life {
  const name = prefix + idOf(crypto.getRandomValues(new Uint8Array(shortIdBytes)))
  const { locks } = navigator
  /** Ends the lock that says that this one is alive. */
  let release: (() => void) | null = null
  let ended = false
  let living = Promise.resolve()

  async function live(): Promise<void> {
    release ??= await hold(locks, name)
    if (ended) return
    await database.marks.put({ name, value: '' })
    const dead = await deadIn(database, locks)
    if (dead.length === 0) return
    // Only Chromium tells its brands, and only it has such a log.
    if ('userAgentData' in navigator) await turnLog(database)
    await database.marks.bulkDelete(dead)
  }

  function begin(): void {
    ended = false
    // Not waited for: the database can be used meanwhile.
    living = live().catch(onTrouble)
  }

  if (locks === undefined) return { begin: () => undefined, end: () => Promise.resolve() }
  database.on('ready', begin, true)
  return {
    begin,
    async end() {
      ended = true
      const forgotten = forget(database, name)
      await living
      await forgotten
      release?.()
      release = null
    }
  }
}

/** Sends the commit at once, and resolves however it ends: a note that stays costs one turn of the log. */
async function forget(database: MeridianDatabase, name: string): Promise<void> {
  if (!database.isOpen()) return
  const transaction = database.backendDB().transaction('marks', 'readwrite')
  transaction.objectStore('marks').delete(name)
  transaction.commit()
  await new Promise((resolve) => {
    transaction.oncomplete = resolve
    transaction.onabort = resolve
  })
}

/** Resolves, when the lock is held, with what ends it. */
function hold(locks: LockManager, name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, () => new Promise<void>((release) => resolve(() => release())))
      .catch(reject)
  })
}

async function deadIn(database: MeridianDatabase, locks: LockManager): Promise<string[]> {
  const noted = await database.marks.where('name').startsWith(prefix).primaryKeys()
  // Asked after the notes were read: who noted itself had its lock before.
  const { held } = await locks.query()
  const alive = new Set(held?.map((lock) => lock.name))
  return noted.filter((name) => !alive.has(name))
}

async function turnLog(database: MeridianDatabase): Promise<void> {
  const value = new Uint8Array(fillerRowBytes)
  const names = Array.from({ length: fillerBytes / fillerRowBytes }, (_, n) => `filler ${n}`)
  await database.marks.bulkPut(names.map((name) => ({ name, value })))
  await database.marks.bulkDelete(names)
}
