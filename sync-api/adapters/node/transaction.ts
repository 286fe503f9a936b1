// One transaction of lmdb, which resolves when it is on the disk and says why when it is not.
import type { Database } from 'lmdb'
import type { Disk } from './disk-room'

export type Write = {
  /** Rows put or removed, at most, and the bytes of what is put. */
  readonly rows: number
  readonly bytes: number
  /** Puts and removes, and hands each promise it gets to its argument. */
  readonly apply: (written: (promise: Promise<boolean>) => void) => void
}

/** Rejects when there is no room, or when lmdb could not write; then nothing of it is stored. */
export async function transact(
  database: Pick<Database, 'batch'>,
  disk: Disk,
  { rows, bytes, apply }: Write
): Promise<void> {
  await disk.take(rows, bytes)
  // Most are one and the same; every one that is not waited for would end the process when it fails.
  const promises = new Set<Promise<boolean>>()
  promises.add(database.batch(() => apply((promise) => promises.add(promise))))
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === 'fulfilled') continue
    const cause = await reasonOf(result.reason)
    disk.broke(cause)
    throw new Error('A commit failed', { cause })
  }
}

/** lmdb gives the reason as another promise, which rejects with it. */
async function reasonOf(failure: unknown): Promise<unknown> {
  if (!(failure instanceof Error) || !('commitError' in failure)) return failure
  try {
    await failure.commitError
    return failure
  } catch (cause) {
    return cause
  }
}
