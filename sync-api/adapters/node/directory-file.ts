// The directory's file for those who check, copy or restore it.
import { open, type RootDatabase } from 'lmdb'
import { isPersonId, type PersonId } from '../../protocol/ids'

/** A fact of the directory, or why it cannot be read. */
export type StoredFact =
  | {
      readonly kind: 'fact'
      readonly key: string
      readonly value: string
      readonly expiresAt: number | null
    }
  | { readonly kind: 'damaged'; readonly key: string }

export type DirectoryFile = {
  facts(): Generator<StoredFact, void>
  /** Writes a copy of one moment to `target`. */
  copy(target: string): Promise<void>
  close(): Promise<void>
}

const recoveryPrefix = 'recovery:'
const codePrefix = 'code:'

/** Opens the file without writing to it. */
export function openDirectoryFile(file: string): DirectoryFile {
  const root = open({ path: file, noSubdir: true, readOnly: true })
  return {
    facts: () => factsIn(root),
    copy: (target) => root.backup(target, true),
    close: () => root.close()
  }
}

/** The person a fact leads to by their recovery key; null when it is about something else. */
export function recoveryOf(fact: StoredFact): { hash: string; person: PersonId } | null {
  if (fact.kind === 'damaged' || !fact.key.startsWith(recoveryPrefix)) return null
  if (!isPersonId(fact.value)) return null
  return { hash: fact.key.slice(recoveryPrefix.length), person: fact.value }
}

/**
 * Removes the device codes of a restored directory: one that was used since the backup would work
 * once more.
 */
export async function forgetCodes(file: string): Promise<void> {
  const root = open({ path: file, noSubdir: true })
  try {
    const facts = root.openDB({ name: 'facts', encoding: 'string' })
    const codes = [...facts.getKeys()].filter((key) => String(key).startsWith(codePrefix))
    await root.batch(() => {
      for (const key of codes) void facts.remove(key)
    })
  } finally {
    await root.close()
  }
}

function* factsIn(root: RootDatabase): Generator<StoredFact, void> {
  const table: ReturnType<typeof root.openDB> | undefined = root.openDB({
    name: 'facts',
    encoding: 'string'
  })
  if (table === undefined) return
  for (const { key, value } of table.getRange()) {
    yield factOf(String(key), value)
  }
}

function factOf(key: string, text: unknown): StoredFact {
  try {
    const fact: unknown = JSON.parse(String(text))
    if (isFact(fact) && isKnown(key, fact.value)) return { kind: 'fact', key, ...fact }
  } catch {
    // Not JSON: damaged, as anything of another form is.
    return { kind: 'damaged', key }
  }
  return { kind: 'damaged', key }
}

function isFact(fact: unknown): fact is { value: string; expiresAt: number | null } {
  if (typeof fact !== 'object' || fact === null) return false
  const { value, expiresAt } = fact as Record<string, unknown>
  return typeof value === 'string' && (expiresAt === null || typeof expiresAt === 'number')
}

/** Whether key and value are of a kind that the relay writes: each leads to a person. */
function isKnown(key: string, value: string): boolean {
  return /^(recovery|code):[A-Za-z0-9_-]{43}$/.test(key) && isPersonId(value)
}
