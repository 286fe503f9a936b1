// Who may do what in each document: the sum of its rights channel, kept while it is in use.
import {
  idOf,
  type DocumentId,
  type OutboxId,
  type PersonId,
  type ChannelRef
} from '../protocol/ids'
import {
  decodeRightsEntry,
  encodeRightsEntry,
  noRights,
  roleOf,
  withEntry,
  type Rights,
  type RightsEntry
} from '../protocol/rights'
import { shortIdBytes } from '../protocol/ids'
import { pageBytesMax } from '../protocol/limits'
import type { Cursor } from '../protocol/messages'
import type { Role } from '../protocol/roles'
import type { Documents } from './document'
import { rightsCachedMax, rightsEntriesMax } from './limits'
import { createLru } from './lru'
import type { Clock, Log, NewEntry, Randomness } from './ports'
import { Refusal } from './refusal'

/** An entry that the clock has not stamped yet. */
export type RightsChange = RightsEntry extends infer Entry
  ? Entry extends RightsEntry
    ? Omit<Entry, 'at' | 'by'>
    : never
  : never

export type Access = {
  /** The rights of a document; of an unknown one, those of nobody. */
  rights(document: DocumentId): Promise<Rights>
  role(document: DocumentId, person: PersonId): Promise<Role | null>
  /** The rights with what others have written of them up to now. */
  fresh(document: DocumentId): Promise<Rights>
  /** The same without waiting; undefined when the rights are not in memory. */
  roleNow(document: DocumentId, person: PersonId): Role | null | undefined
  /** The same of all rights. */
  rightsNow(document: DocumentId): Rights | undefined
  /**
   * Reads what others have written of the document's rights since they were last looked at; `anew` all of it, since what has
   * come to the log may have no place in its order yet.
   */
  renew(document: DocumentId, anew: boolean): Promise<void>
  /**
   * Changes rights: `decide` is given them as they stand and answers what to append, one change of
   * a document at a time. Resolves with the new rights when they are durable and in force.
   */
  change(
    document: DocumentId,
    by: PersonId,
    decide: (rights: Rights) => readonly RightsChange[]
  ): Promise<Rights>
}

type Parts = {
  readonly log: Log
  readonly documents: Pick<Documents, 'append'>
  readonly clock: Clock
  readonly random: Randomness
  /** Whether others write rights as well: their sum then goes by the times of the entries, which are the same everywhere. */
  readonly shared: boolean
  /** Called at once when changed rights are durable, or others' changes were found. */
  readonly onChanged: (document: DocumentId, rights: Rights) => void
}

type Known = {
  readonly rights: Rights
  readonly entries: number
  /** Time of the newest, ms since 1970; 0 of none. */
  readonly lastAt: number
  /** How far the log was read. */
  readonly cursor: Cursor
}

export function createAccess(parts: Parts): Access {
  const { log, documents, clock, random, shared, onChanged } = parts
  const cache = createLru<DocumentId, Known>(rightsCachedMax)
  const turns = new Map<DocumentId, Promise<unknown>>()

  /** Runs after what is under way for the document, so that no change is decided on old rights. */
  function inTurn<T>(document: DocumentId, run: () => Promise<T>): Promise<T> {
    const before = turns.get(document) ?? Promise.resolve()
    const turn = before.then(run, run)
    turns.set(document, turn)
    const forget = (): void => {
      if (turns.get(document) === turn) turns.delete(document)
    }
    turn.then(forget, forget)
    return turn
  }

  async function known(document: DocumentId): Promise<Known> {
    const cached = cache.get(document)
    if (cached !== undefined) return cached
    const read = await readRights(log, document, shared)
    cache.set(document, read)
    return read
  }

  async function renew(document: DocumentId, anew: boolean): Promise<void> {
    await inTurn(document, async () => {
      const before = cache.get(document)
      if (before === undefined) return
      const now = await lookedAt(document, anew)
      if (now !== before) onChanged(document, now.rights)
    })
  }

  /** With what others have written since. In turn. */
  async function lookedAt(document: DocumentId, anew: boolean): Promise<Known> {
    const cached = cache.get(document)
    // Without an order of its entries the cursor says nothing.
    if (cached !== undefined && cached.cursor.length > 0 && !anew) {
      const page = await log.read(rightsOf(document), cached.cursor, pageBytesMax)
      if (page !== null && page.entries.length === 0 && !page.more) return cached
    }
    const read = await readRights(log, document, shared)
    cache.set(document, read)
    return read
  }

  async function fresh(document: DocumentId): Promise<Rights> {
    if (shared) await renew(document, false)
    return rights(document)
  }

  async function rights(document: DocumentId): Promise<Rights> {
    const cached = cache.get(document)
    return (cached ?? (await inTurn(document, () => known(document)))).rights
  }

  async function change(
    document: DocumentId,
    by: PersonId,
    decide: (rights: Rights) => readonly RightsChange[]
  ): Promise<Rights> {
    return inTurn(document, async () => {
      const before = await (shared ? lookedAt(document, false) : known(document))
      // Behind all it was decided on, whatever the clocks of others say.
      const at = shared ? Math.max(clock.now(), before.lastAt + 1) : clock.now()
      const entries = decide(before.rights).map((one) => stamped(one, by, at))
      if (entries.length === 0) return before.rights
      if (before.entries + entries.length > rightsEntriesMax) throw new Refusal('over-limit')
      const outbox = idOf<OutboxId>(random(shortIdBytes))
      const rows = entries.map((entry, index) => rowOf(entry, outbox, index + 1))
      await documents.append(rightsOf(document), rows)
      const after = entries.reduce(withEntry, before.rights)
      const { length } = entries
      cache.set(document, {
        ...before,
        rights: after,
        entries: before.entries + length,
        lastAt: at
      })
      onChanged(document, after)
      return after
    })
  }

  return {
    rights,
    fresh,
    role: async (document, person) => roleOf(await rights(document), person),
    rightsNow: (document) => cache.get(document)?.rights,
    renew,
    roleNow(document, person) {
      const cached = cache.get(document)
      return cached === undefined ? undefined : roleOf(cached.rights, person)
    },
    change
  }
}

function stamped(change: RightsChange, by: PersonId, at: number): RightsEntry {
  const entry: RightsEntry = { ...change, at, by }
  // Read back before it is stored: what the relay writes it must be able to read for ever.
  return decodeRightsEntry(encodeRightsEntry(entry))
}

function rowOf(entry: RightsEntry, outbox: OutboxId, n: number): NewEntry {
  const { by: person, at } = entry
  return { outbox, n, update: encodeRightsEntry(entry), person, clients: [], at }
}

function rightsOf(document: DocumentId): ChannelRef {
  return { document, channel: 'rights' }
}

async function readRights(log: Log, document: DocumentId, shared: boolean): Promise<Known> {
  const all: NewEntry[] = []
  let cursor: Cursor = new Uint8Array(0)
  for (;;) {
    const page = await log.read(rightsOf(document), cursor, pageBytesMax)
    if (page === null) throw new Error(`The log of ${document}/rights lost its own cursor`)
    all.push(...page.entries)
    cursor = page.to.slice()
    if (!page.more) break
  }
  if (shared) all.sort(byTime)
  const rights = all.reduce(
    (sum, { update }) => withEntry(sum, decodeRightsEntry(update)),
    noRights
  )
  return { rights, entries: all.length, lastAt: all.at(-1)?.at ?? 0, cursor }
}

/** Of two at one time, both written without knowing of the other, whichever has the smaller name. */
function byTime(one: NewEntry, other: NewEntry): number {
  if (one.at !== other.at) return one.at - other.at
  if (one.outbox !== other.outbox) return one.outbox < other.outbox ? -1 : 1
  return one.n - other.n
}
