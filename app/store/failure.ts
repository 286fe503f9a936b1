// What the browser's storage errors mean to us, and one more try where the connection was lost.
import type { MeridianDatabase } from './database'
import { StoreFailure, type StoreFailureReason } from './ports'

/** Runs `work` on an open database; every failure of the storage comes out as a StoreFailure. */
export async function attempt<T>(
  database: MeridianDatabase,
  work: () => PromiseLike<T>
): Promise<T> {
  try {
    const answer = await tried(database, work)
    database.onUse(null)
    return answer
  } catch (cause) {
    const failure = storeFailureOf(cause)
    database.onUse(failure.reason)
    throw failure
  }
}

async function tried<T>(database: MeridianDatabase, work: () => PromiseLike<T>): Promise<T> {
  try {
    await opened(database)
    return await work()
  } catch (cause) {
    if (storeFailureOf(cause).reason !== 'closed') throw cause
    // Safari closes connections of tabs in the background, and every later call fails until it is
    // opened anew: the transaction that met it was aborted, so running it again is safe.
    await opened(database)
    return work()
  }
}

// An open that another tab blocks never answers: say so, instead of waiting with the edits unsaid.
async function opened(database: MeridianDatabase): Promise<void> {
  if (database.obstacle === 'emptied') throw new StoreFailure('emptied', 'what it held is gone')
  if (database.isOpen()) return
  if (database.obstacle === 'blocked') throw new StoreFailure('blocked', 'still waiting to open')
  let block = (): void => undefined
  const blocked = new Promise<never>((_, reject) => {
    block = () => reject(new StoreFailure('blocked', 'an older tab holds it'))
  })
  database.on('blocked', block)
  try {
    await Promise.race([database.open(), blocked])
  } finally {
    database.on('blocked').unsubscribe(block)
  }
}

/** The failure an error of Dexie or IndexedDB stands for. */
export function storeFailureOf(cause: unknown): StoreFailure {
  if (cause instanceof StoreFailure) return cause
  for (const name of namesIn(cause)) {
    const reason = reasons[name]
    if (reason !== undefined) return new StoreFailure(reason, cause)
  }
  // Not one of the storage's errors: our bug, and it must not be mistaken for a full disk.
  throw cause
}

const reasons: Record<string, StoreFailureReason> = {
  QuotaExceededError: 'quota',
  DatabaseClosedError: 'closed',
  InvalidStateError: 'closed',
  TransactionInactiveError: 'closed',
  BlockedError: 'blocked',
  UnknownError: 'damaged',
  DataCloneError: 'damaged',
  NotReadableError: 'damaged',
  NotFoundError: 'damaged',
  EncodingError: 'damaged',
  MissingAPIError: 'unavailable',
  SecurityError: 'unavailable',
  NotAllowedError: 'unavailable',
  OpenFailedError: 'unavailable',
  // An abort without a reason of its own is how Firefox and Safari report a failed commit.
  AbortError: 'unavailable'
}

// Dexie wraps: the outermost name may say only "aborted", while the quota is named within.
function* namesIn(cause: unknown): Generator<string> {
  const chain: { name: string }[] = []
  for (let at: unknown = cause; isNamed(at) && chain.length < 5; at = at.inner) chain.push(at)
  const telling = chain.filter(({ name }) => name !== 'AbortError' && name !== 'OpenFailedError')
  for (const { name } of [...telling, ...chain]) yield name
}

function isNamed(value: unknown): value is { name: string; inner?: unknown } {
  return typeof value === 'object' && value !== null && 'name' in value
}
