// What the relay's log was ever given, and the rights that follow from it: kept beside the relay.
import * as Y from 'yjs'
import type { NewEntry } from '../../sync-api/core/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import {
  channelKey,
  type ChannelRef,
  type DocumentId,
  type PersonId
} from '../../sync-api/protocol/ids'
import type { Entry } from '../../sync-api/protocol/messages'
import {
  decodeRightsEntry,
  noRights,
  roleOf,
  withEntry,
  type Rights
} from '../../sync-api/protocol/rights'
import type { Role } from '../../sync-api/protocol/roles'
import { createKnowledge, type Knowledge } from './knowledge'

export type Kept = ReadonlyMap<string, { readonly ref: ChannelRef; readonly entries: NewEntry[] }>

export type LogRecord = {
  /** Answers what is wrong with these entries, if something is. */
  append(ref: ChannelRef, entries: readonly NewEntry[], now: number): string | null
  /** The log is set back to these entries. */
  restore(kept: Kept, now: number): void
  /** The entry of this name, if it was ever durable; also one that a restored backup lost. */
  ever(ref: ChannelRef, name: string): NewEntry | undefined
  /** The entries the log holds, in their order. */
  inOrder(ref: ChannelRef): readonly NewEntry[]
  /** What the log of a document's content holds now; and what it ever held. */
  holds(document: DocumentId): Knowledge
  everHeld(document: DocumentId): Knowledge
  /**
   * What somebody who reads the log, or all that it ever held, then has. It is more than the entries say: with
   * a block goes what others write into it at that time.
   */
  asRead(document: DocumentId, from: 'what it holds' | 'what it ever held'): Knowledge
  role(document: DocumentId, person: PersonId): Role | null
  /** Every role the person has or had at this very instant. */
  rolesAt(document: DocumentId, person: PersonId, now: number): readonly (Role | null)[]
  wasRestored(): boolean
}

/** How an entry is called. */
export function entryName({ outbox, n }: Pick<Entry, 'outbox' | 'n'>): string {
  return `${outbox} ${n}`
}

type Stream = {
  entries: NewEntry[]
  holds: Knowledge
  readonly everHeld: Knowledge
  readonly ever: Map<string, NewEntry>
  lastOf: Map<string, number>
}

export function createLogRecord(): LogRecord {
  const streams = new Map<string, Stream>()
  const rights = new Map<DocumentId, Rights>()
  /** The rights before the last change, and when that was. */
  const before = new Map<DocumentId, { readonly rights: Rights; readonly until: number }>()
  let restored = false

  function streamOf(ref: ChannelRef): Stream {
    const key = channelKey(ref)
    const known = streams.get(key) ?? emptyStream()
    streams.set(key, known)
    return known
  }

  function take(ref: ChannelRef, stream: Stream, entry: NewEntry): string | null {
    const last = stream.lastOf.get(entry.outbox) ?? 0
    stream.lastOf.set(entry.outbox, entry.n)
    stream.ever.set(entryName(entry), entry)
    stream.entries.push(entry)
    if (ref.channel === 'content') {
      stream.holds.add(entry.update)
      stream.everHeld.add(entry.update)
    }
    return entry.n === last + 1 ? null : `entry ${entry.n} of an outbox follows entry ${last}`
  }

  function setRights(document: DocumentId, next: Rights, now: number): void {
    const old = before.get(document)
    // Within one instant the oldest counts: everything between it and the newest was in force.
    if (old === undefined || old.until < now) {
      before.set(document, { rights: rights.get(document) ?? noRights, until: now })
    }
    rights.set(document, next)
  }

  function addRights(document: DocumentId, entries: readonly NewEntry[], now: number): void {
    const sum = entries.reduce(
      (all, { update }) => withEntry(all, decodeRightsEntry(update)),
      rights.get(document) ?? noRights
    )
    setRights(document, sum, now)
  }

  const role = (document: DocumentId, person: PersonId): Role | null =>
    roleOf(rights.get(document) ?? noRights, person)

  return {
    append(ref, entries, now) {
      const stream = streamOf(ref)
      const wrong = entries.map((entry) => take(ref, stream, entry))
      if (ref.channel === 'rights') addRights(ref.document, entries, now)
      return wrong.find((what) => what !== null) ?? null
    },
    restore(kept, now) {
      restored = true
      for (const stream of streams.values()) {
        Object.assign(stream, { entries: [], holds: createKnowledge([entryZero]) })
        stream.lastOf = new Map()
      }
      for (const document of rights.keys()) setRights(document, noRights, now)
      for (const { ref, entries } of kept.values()) {
        const stream = streamOf(ref)
        for (const entry of entries) take(ref, stream, entry)
        if (ref.channel === 'rights') addRights(ref.document, entries, now)
      }
    },
    ever: (ref, name) => streamOf(ref).ever.get(name),
    inOrder: (ref) => streamOf(ref).entries,
    holds: (document) => streamOf({ document, channel: 'content' }).holds,
    everHeld: (document) => streamOf({ document, channel: 'content' }).everHeld,
    asRead(document, from) {
      const { entries, ever } = streamOf({ document, channel: 'content' })
      const doc = new Y.Doc()
      const read = from === 'what it holds' ? entries : [...ever.values()]
      for (const update of [entryZero, ...read.map((entry) => entry.update)]) {
        Y.applyUpdate(doc, update)
      }
      const state = Y.encodeStateAsUpdate(doc)
      doc.destroy()
      return createKnowledge([state])
    },
    role,
    rolesAt(document, person, now) {
      const old = before.get(document)
      const current = role(document, person)
      return old?.until === now ? [current, roleOf(old.rights, person)] : [current]
    },
    wasRestored: () => restored
  }
}

function emptyStream(): Stream {
  return {
    entries: [],
    holds: createKnowledge([entryZero]),
    everHeld: createKnowledge([entryZero]),
    ever: new Map(),
    lastOf: new Map()
  }
}
