// Looks through a whole data folder or backup: the log, who has rights in it, and the directory.
import { join } from 'node:path'
import * as Y from 'yjs'
import { entryZero } from '../../protocol/entry-zero'
import { libraryIdOf, type DocumentId, type PersonId } from '../../protocol/ids'
import { noRights, type Rights } from '../../protocol/rights'
import { advice, inspectChannel, messageOf, type Problem } from './channel-inspection'
import { checkDataFolder, dataFiles } from './data-folder'
import { openDirectoryFile, recoveryOf, type DirectoryFile } from './directory-file'
import { openLogFile, type LogFile } from './log-file'
import { readTicketKeys } from './ticket-keys'

export type Inspection = {
  readonly documents: number
  readonly entries: number
  readonly checkpoints: number
  readonly damages: number
  readonly notes: number
}

/** A document as far as its rows can be read. */
export type ReadDocument = {
  readonly id: DocumentId
  readonly content: Y.Doc
  /** Null when nobody ever commented. */
  readonly comments: Y.Doc | null
  readonly rights: Rights
  readonly entries: number
  readonly checkpoints: number
}

/** Hears of every problem as it is found. */
export type Tell = (problem: Problem) => void

/**
 * Reads everything, changes nothing; a host may be writing there. Rejects with a sentence when it
 * is no data folder.
 */
export async function inspectFolder(path: string, hear: Tell): Promise<Inspection> {
  const count = { documents: 0, entries: 0, checkpoints: 0, damages: 0, notes: 0 }
  const tell: Tell = (problem) => {
    if (problem.kind === 'damage') count.damages += 1
    else count.notes += 1
    hear(problem)
  }
  const recoveries = new Map<PersonId, string>()
  for await (const { id, rights, entries, checkpoints } of readFolder(path, tell)) {
    count.documents += 1
    count.entries += entries
    count.checkpoints += checkpoints
    const { owner, recoveryHash } = rights
    if (owner !== null && recoveryHash !== null && libraryIdOf(owner) === id) {
      recoveries.set(owner, recoveryHash)
    }
  }
  const directory = join(path, dataFiles.directory)
  await reading(directory, tell, async () => {
    const file = openDirectoryFile(directory)
    try {
      inspectDirectory(file, recoveries, tell)
    } finally {
      await file.close()
    }
  })
  await inspectTicketKeys(join(path, dataFiles.ticketKey), tell)
  return count
}

/** Every document of a data folder or backup, as all stood when the reading began. */
export async function* readFolder(path: string, tell: Tell): AsyncGenerator<ReadDocument, void> {
  await checkDataFolder(path)
  const name = join(path, dataFiles.log)
  let log: LogFile | null = null
  try {
    log = openLogFile(name)
    yield* documentsIn(log, tell)
  } catch (failure) {
    tell(unreadable(name, failure))
  } finally {
    await log?.close()
  }
}

type Draft = { -readonly [Key in keyof ReadDocument]: ReadDocument[Key] }

function* documentsIn(log: LogFile, tell: Tell): Generator<ReadDocument, void> {
  let document: Draft | null = null
  const strange = (key: Uint8Array): void => {
    const text = `The log has a row that it never makes, ${Buffer.from(key).toString('hex')}. ${advice}`
    tell({ kind: 'damage', text })
  }
  for (const stored of log.channels(strange)) {
    const id = stored.ref.document
    if (document !== null && document.id !== id) yield checked(document, tell)
    if (document?.id !== id) document = emptyDocument(id)
    const { entries, checkpoints, content } = inspectChannel(stored, tell)
    document.entries += entries
    document.checkpoints += checkpoints
    if (content.kind === 'rights') document.rights = content.rights
    else if (stored.ref.channel === 'content') document.content = content.doc
    else document.comments = content.doc
  }
  if (document !== null) yield checked(document, tell)
}

function emptyDocument(id: DocumentId): Draft {
  const content = new Y.Doc()
  Y.applyUpdate(content, entryZero)
  return { id, content, comments: null, rights: noRights, entries: 0, checkpoints: 0 }
}

function checked(document: ReadDocument, tell: Tell): ReadDocument {
  if (document.rights.owner === null) {
    const text = `${document.id}/rights names no owner, so nobody may open the document. ${advice}`
    tell({ kind: 'damage', text })
  }
  return document
}

/** Recovery keys must be found by their hash: a person who printed one relies on it. */
function inspectDirectory(
  directory: DirectoryFile,
  recoveries: ReadonlyMap<PersonId, string>,
  tell: Tell
): void {
  const found = new Map<string, PersonId>()
  for (const fact of directory.facts()) {
    const recovery = recoveryOf(fact)
    if (recovery !== null) found.set(recovery.hash, recovery.person)
    if (fact.kind === 'damaged') {
      tell({ kind: 'damage', text: `The directory is damaged at ${fact.key}. ${advice}` })
    }
  }
  for (const [person, hash] of recoveries) {
    if (found.get(hash) === person) continue
    const text = `The directory does not know the recovery key of ${person}. They can make a new one in the app's settings.`
    tell({ kind: 'note', text })
  }
}

async function inspectTicketKeys(path: string, tell: Tell): Promise<void> {
  try {
    if ((await readTicketKeys(path)) !== null) return
    const text = `There is no ${path}: the host makes a new key, and everybody gets a new ticket.`
    tell({ kind: 'note', text })
  } catch (failure) {
    tell({ kind: 'damage', text: messageOf(failure) })
  }
}

/** What lmdb itself cannot read is damage as well. */
async function reading(path: string, tell: Tell, look: () => Promise<void>): Promise<void> {
  try {
    await look()
  } catch (failure) {
    tell(unreadable(path, failure))
  }
}

function unreadable(path: string, failure: unknown): Problem {
  return { kind: 'damage', text: `${path} cannot be read on (${messageOf(failure)}). ${advice}` }
}
