// Short names for what the tests of a session say and hear.
import type { DocumentId, OutboxId, WriterId } from '../../sync-api/protocol/ids'
import type { Cursor } from '../../sync-api/protocol/messages'
import type { SealedBatch } from '../../app/store/ports'
import { step } from '../../app/sync/session'
import { closedSession, type Session } from '../../app/sync/session-state'
import type { Effect, SessionEvent, SessionStart } from '../../app/sync/session-events'

export const ref = { document: 'AAAAAAAAAAAAAAAAAAAAAA' as DocumentId, channel: 'content' } as const
export const outbox = 'AAAAAAAAAAA' as OutboxId

export const at = (position: number): Cursor =>
  position === 0 ? new Uint8Array(0) : new Uint8Array([position])

export function batch(n: number, length = 3): SealedBatch {
  const writers = ['AAAAAAAAAAE' as WriterId]
  return { ref, outbox, n, update: new Uint8Array(length).fill(n), writers, schemaMajor: 1 }
}

export const start: SessionStart = {
  cursor: at(0),
  epoch: 0,
  nonce: null,
  eager: false,
  unsent: false,
  compare: false
}

export function subscribed(
  change: Partial<SessionEvent & { type: 'subscribed' }> = {}
): SessionEvent {
  return { type: 'subscribed', role: 'editor', stale: false, pushesInFlightMax: 2, ...change }
}

export const ack = (n: number, from: number, to: number): SessionEvent => ({
  type: 'ack',
  outbox,
  n,
  from: at(from),
  to: at(to)
})

export const page = (from: number, to: number, more = false): SessionEvent => ({
  type: 'catch-up',
  from: at(from),
  to: at(to),
  more,
  overHttp: false,
  updates: [new Uint8Array([1])]
})
export const pageStored = (cursor: number, more = false, to = cursor): SessionEvent => ({
  type: 'page-stored',
  cursor: at(cursor),
  to: at(to),
  more
})
export const entry = (from: number, to: number): SessionEvent => ({
  type: 'entry',
  from: at(from),
  to: at(to),
  updates: [new Uint8Array([1])]
})
export const stored = (cursor: number, to: number): SessionEvent => ({
  type: 'entries-stored',
  cursor: at(cursor),
  to: at(to)
})
export const sealed = (...numbers: number[]): SessionEvent => ({
  type: 'sealed',
  batches: numbers.map((n) => batch(n))
})
export const givenBack = (cursor: number, ...numbers: number[]): SessionEvent => ({
  type: 'given-back',
  batches: numbers.map((n) => batch(n)),
  cursor: at(cursor)
})

/** The session after these events, and what the last of them asked for. */
export function after(...events: readonly SessionEvent[]): { session: Session; asked: Effect[] } {
  let session = closedSession
  let asked: readonly Effect[] = []
  for (const event of events) ({ session, effects: asked } = step(session, event))
  return { session, asked: [...asked] }
}

/** Effects as words: `push 3`, `pull 2`, `seal`. */
export function words(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    switch (effect.type) {
      case 'push':
        return `push ${effect.batch.n}`
      case 'pull':
        return `pull ${effect.cursor[0] ?? 0}${effect.overHttp ? ' over http' : ''}`
      case 'settle':
        return `settle ${effect.n}`
      case 'store-page':
      case 'store-entries':
      case 'give-back':
        return `${effect.type} ${effect.from[0] ?? 0}-${effect.to[0] ?? 0}`
      case 'set-aside':
        return `set-aside ${effect.reason}`
      case 'subscribe':
      case 'seal':
        return effect.type
    }
  })
}
