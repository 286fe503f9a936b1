// Copies of content that was refused or replaced: offered to the person, and let go after 30 days.
import type { DocumentId } from '../../sync-api/protocol/ids'
import type { CopyRow, MeridianDatabase } from './database'
import { attempt } from './failure'

/** How long a copy waits for its person, ms: a holiday, and then some. */
export const copyLifetimeMs = 30 * 24 * 60 * 60_000

export type Copies = {
  /** The copies of a document, newest first. */
  of(document: DocumentId): Promise<readonly CopyRow[]>
  get(copy: number): Promise<CopyRow | undefined>
  /** The person has taken it, or does not want it. */
  drop(copy: number): Promise<void>
  /** Lets go of copies older than `copyLifetimeMs`. */
  expire(now: number): Promise<void>
}

export function openCopies(database: MeridianDatabase): Copies {
  const { copies } = database
  return {
    of: (document) =>
      attempt(database, () => copies.where('document').equals(document).reverse().toArray()),
    get: (copy) => attempt(database, () => copies.get(copy)),
    drop: (copy) => attempt(database, () => copies.delete(copy)),
    async expire(now) {
      const old = (row: CopyRow): boolean => row.at < now - copyLifetimeMs
      await attempt(database, () => copies.filter(old).delete())
    }
  }
}
