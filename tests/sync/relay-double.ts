// A relay of one channel that keeps the rules of the protocol and nothing else: for properties of a session.
import type { Role } from '../../sync-api/protocol/roles'
import type { OutboxId } from '../../sync-api/protocol/ids'
import type { Cursor, Entry } from '../../sync-api/protocol/messages'
import type { SessionEvent, WireEffect } from '../../app/sync/session-events'

export type RelayDouble = {
  readonly log: readonly Entry[]
  /** The number of entries a cursor covers. */
  position(cursor: Cursor): number
  /** What the relay answers to one message of the client whose outbox is `mine`. */
  answers(effect: WireEffect): SessionEvent[]
  /** Another person's entry; answered is the live message about it. */
  append(entry: Entry): SessionEvent
  role: Role | null
  pushesInFlightMax: number
}

/** Entries in a page: few, so that catching up takes several. */
const pageEntriesMax = 3

export function createRelayDouble(): RelayDouble {
  const log: Entry[] = []
  const have = new Map<OutboxId, number>()
  const cursorAt = (position: number): Cursor =>
    position === 0 ? new Uint8Array(0) : new Uint8Array([position >> 8, position & 255])
  const position = (cursor: Cursor): number =>
    cursor.length === 0 ? 0 : cursor[0]! * 256 + cursor[1]!
  const add = (entry: Entry): { from: Cursor; to: Cursor } => {
    log.push(entry)
    have.set(entry.outbox, entry.n)
    return { from: cursorAt(log.length - 1), to: cursorAt(log.length) }
  }

  const relay: RelayDouble = {
    log,
    position,
    role: 'editor',
    pushesInFlightMax: 4,
    append: (entry) => ({ type: 'entry', ...add(entry), updates: [entry.update] }),
    answers(effect) {
      switch (effect.type) {
        case 'subscribe': {
          const stale = position(effect.cursor) < log.length
          const { role, pushesInFlightMax } = relay
          return [{ type: 'subscribed', role, stale, pushesInFlightMax }]
        }
        case 'pull': {
          const start = position(effect.cursor)
          const end = Math.min(start + pageEntriesMax, log.length)
          const updates = log.slice(start, end).map((entry) => entry.update)
          const span = { from: effect.cursor, to: cursorAt(end) }
          const more = end < log.length
          return [{ type: 'catch-up', ...span, more, overHttp: false, updates }]
        }
        case 'push': {
          const { outbox, n, update } = effect.batch
          const known = have.get(outbox) ?? 0
          const here = cursorAt(log.length)
          if (n <= known) return [{ type: 'ack', outbox, n, from: here, to: here }]
          if (n > known + 1) return [{ type: 'gap', outbox, have: known }]
          return [{ type: 'ack', outbox, n, ...add({ outbox, n, update }) }]
        }
      }
    }
  }
  return relay
}
