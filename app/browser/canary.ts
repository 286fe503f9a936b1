// What stood in the database, noted outside it: a browser that deletes a database says nothing of it.

export type Canary = {
  /** The mark of the database. */
  readonly birth: string
  readonly documents: number
  /** Changes that no relay had. */
  readonly unsent: number
}

/** What was there when it was last looked at, and is gone. */
export type Loss = Omit<Canary, 'birth'>

const canaryKey = 'meridian.canary'
const lossKey = 'meridian.loss'

export function noteCanary(canary: Canary): void {
  write(canaryKey, canary)
}

/**
 * Compares the note with the database of now, `birth`. A loss found once is told until it is
 * forgotten: the note itself is soon about the new database.
 */
export function lossSince(birth: string | null): Loss | null {
  const noted = read(canaryKey)
  const changed = noted !== null && noted['birth'] !== birth
  if (changed && countIn(noted, 'documents') + countIn(noted, 'unsent') > 0) write(lossKey, noted)
  const loss = read(lossKey)
  return loss === null
    ? null
    : { documents: countIn(loss, 'documents'), unsent: countIn(loss, 'unsent') }
}

export function forgetLoss(): void {
  safely(() => localStorage.removeItem(lossKey))
}

function countIn(noted: Record<string, unknown>, name: string): number {
  const count = noted[name]
  return typeof count === 'number' && count > 0 ? count : 0
}

function write(key: string, value: object): void {
  safely(() => localStorage.setItem(key, JSON.stringify(value)))
}

/** Null also for what is none of ours. */
function read(key: string): Record<string, unknown> | null {
  const text = safely(() => localStorage.getItem(key))
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null
  } catch (cause) {
    if (cause instanceof SyntaxError) return null
    throw cause
  }
}

/** A browser that blocks site data, or has no room for a note, throws: then there is none. */
function safely<T>(access: () => T): T | null {
  try {
    return access()
  } catch (cause) {
    if (cause instanceof DOMException) return null
    throw cause
  }
}
