// Knows all that was promised, and says at once when a promise is broken.
import type { DocumentStatus } from '../../app/sync/status'
import type { NewEntry } from '../../sync-api/core/ports'
import {
  channelKey,
  type ChannelRef,
  type DocumentId,
  type PersonId
} from '../../sync-api/protocol/ids'
import type { ClientMessage, Entry, ServerMessage } from '../../sync-api/protocol/messages'
import { mayRead, mayWrite, type Role } from '../../sync-api/protocol/roles'
import { createEdits, type Edits, type Screen } from './edits'
import { createLogRecord, entryName, type Kept, type LogRecord } from './log-record'
import { sameBytes } from './same-bytes'
import { Violation } from './violation'

export type Oracle = {
  /** The relay heard this of somebody, and said this to somebody. */
  heard(person: PersonId, message: ClientMessage): void
  said(person: PersonId, message: ServerMessage): void
  appending(ref: ChannelRef, entries: readonly NewEntry[]): void
  appended(ref: ChannelRef, entries: readonly NewEntry[]): void
  /** The relay's log was set back to these entries. */
  restored(kept: Kept): void
  relayDied(): void
  shown(screen: Screen, status: DocumentStatus): void
  /** Something threw that should not. */
  failed(where: string, cause: unknown): void
  broken(what: string): void
  /** Throws the first violation, if there was one. */
  assertSound(): void
  role(document: DocumentId, person: PersonId): Role | null
  readonly edits: Edits
  readonly log: LogRecord
  readonly acked: ReadonlyMap<string, Acked>
  readonly counts: Counts
}

export type Acked = { readonly ref: ChannelRef; readonly entry: NewEntry }
export type Counts = Record<
  'acks' | 'appends' | 'saved' | 'deaths' | 'shown' | 'restores' | 'digests',
  number
>

export function createOracle(now: () => number): Oracle {
  const counts: Counts = {
    ...{ acks: 0, appends: 0, saved: 0, deaths: 0, shown: 0, restores: 0, digests: 0 }
  }
  const log = createLogRecord()
  const edits = createEdits(log, now)
  const acked = new Map<string, Acked>()
  /** Pushes that arrived while their author might write. */
  const allowed = new Set<string>()
  let violation: Violation | null = null

  function broken(what: string): void {
    violation ??= new Violation(what)
  }

  function told(ref: ChannelRef, entries: readonly Entry[]): void {
    for (const entry of entries) {
      // Number 0 is a checkpoint; what it holds is compared when all is at rest.
      if (entry.n === 0) continue
      const stored = log.ever(ref, entryName(entry))
      if (stored === undefined) return broken('an entry was told before it was durable')
      if (!sameBytes(stored.update, entry.update)) {
        return broken('an entry was told with other bytes')
      }
    }
  }

  function mayHear(person: PersonId, ref: ChannelRef): void {
    const roles = log.rolesAt(ref.document, person, now())
    if (!roles.some((role) => mayRead(role, ref.channel))) {
      broken('somebody without a right was told what is in a document')
    }
  }

  function acknowledged(message: ServerMessage & { type: 'ack' }): void {
    const { document, channel, outbox, n } = message
    const ref = { document, channel }
    counts.acks += 1
    const entry = log.ever(ref, entryName({ outbox, n }))
    if (entry === undefined) broken(`push ${n} was acknowledged before it was durable`)
    else acked.set(`${channelKey(ref)} ${entryName(entry)}`, { ref, entry })
  }

  return {
    counts,
    log,
    edits,
    acked,
    role: log.role,
    heard(person, message) {
      if (message.type === 'digest') counts.digests += 1
      if (message.type !== 'push') return
      if (mayWrite(log.role(message.document, person), message.channel)) {
        allowed.add(`${channelKey(message)} ${entryName(message)}`)
      }
    },
    said(person, message) {
      if (message.type === 'entry' || message.type === 'catch-up') {
        told(message, message.entries)
        mayHear(person, message)
      }
      if (message.type === 'ack') acknowledged(message)
    },
    appending(ref, entries) {
      if (ref.channel === 'rights') return
      for (const entry of entries) {
        const may = mayWrite(log.role(ref.document, entry.person), ref.channel)
        const might = allowed.has(`${channelKey(ref)} ${entryName(entry)}`)
        if (!may && !might) broken(`somebody without the right wrote entry ${entry.n}`)
      }
    },
    appended(ref, entries) {
      counts.appends += entries.length
      const wrong = log.append(ref, entries, now())
      if (wrong !== null) broken(wrong)
    },
    restored(kept) {
      counts.restores += 1
      log.restore(kept, now())
    },
    relayDied() {
      counts.deaths += 1
    },
    shown(screen, status) {
      counts.shown += 1
      const lie = edits.shown(screen, status, now())
      if (lie !== null) broken(`the screen of ${screen.device} tab ${screen.tab} ${lie}`)
    },
    failed(where, cause) {
      // The store failing is a fault of this world; anything else is a bug.
      if (cause instanceof Error && cause.name === 'StoreFailure') return
      broken(`${where}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`)
    },
    broken,
    assertSound() {
      if (violation !== null) throw violation
    }
  }
}
