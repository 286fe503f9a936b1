// Between the messages of the wire and the events and effects of a session.
import type { DocumentId } from '../../sync-api/protocol/ids'
import type { ClientMessage, Entry, ServerMessage } from '../../sync-api/protocol/messages'
import { receiptsSince } from '../../sync-api/protocol/version'
import type { SessionEvent, WireEffect } from './session-events'

/** A sealed batch as the message that carries it, to a relay that speaks `protocol`. */
export function pushOf(
  { batch, epoch }: WireEffect & { type: 'push' },
  protocol: number
): ClientMessage {
  const { ref, outbox, n, update, writers, schemaMajor, voucher } = batch
  const push = { type: 'push', ...ref, outbox, n, update, writers, schemaMajor, epoch } as const
  return voucher === undefined || protocol < receiptsSince ? push : { ...push, voucher }
}

/**
 * What a message means to the session of its channel; null for messages that concern none. Bytes
 * are copied: those of a message are views of a whole frame, and the store would keep all of it.
 */
export function eventOf(message: ServerMessage): SessionEvent | null {
  switch (message.type) {
    case 'catch-up': {
      const { more, overHttp, entries } = message
      return { type: 'catch-up', ...spanOf(message), more, overHttp, ...broughtBy(entries) }
    }
    case 'entry':
      return { type: 'entry', ...spanOf(message), ...broughtBy(message.entries) }
    case 'ack':
      return { type: 'ack', ...spanOf(message), outbox: message.outbox, n: message.n }
    case 'gap':
      return { type: 'gap', outbox: message.outbox, have: message.have }
    case 'unknown':
      return { type: 'unknown', outbox: message.outbox, n: message.n }
    case 'refused':
      return { type: 'refused', outbox: message.outbox, reason: message.reason }
    case 'resync':
      return { type: 'resync' }
    case 'role-changed':
      return { type: 'role-changed', role: message.role }
    case 'error': {
      const gone = message.code === 'not-found' && message.about !== null
      return gone ? { type: 'role-changed', role: null } : null
    }
    case 'welcome':
    case 'subscribed':
    case 'differs':
    case 'awareness':
    case 'schema-raised':
    case 'renewed':
    case 'pong':
    case 'hand-over':
      return null
  }
}

function broughtBy(entries: readonly Entry[]) {
  return {
    updates: entries.map(({ update }) => update.slice()),
    vouchers: entries.map(({ outbox, n, receipt }) =>
      receipt === undefined ? null : { outbox, n, receipt: receipt.slice() }
    )
  }
}

function spanOf(span: { from: Uint8Array; to: Uint8Array }): { from: Uint8Array; to: Uint8Array } {
  return { from: span.from.slice(), to: span.to.slice() }
}

/** The document whose text a message is about; null when it is about none, or all. */
export function documentOf(message: ServerMessage): DocumentId | null {
  switch (message.type) {
    case 'catch-up':
    case 'ack':
    case 'entry':
    case 'gap':
    case 'unknown':
    case 'refused':
    case 'resync':
      return message.channel === 'content' ? message.document : null
    case 'role-changed':
      return message.document
    case 'error':
      return message.about?.channel === 'content' ? message.about.document : null
    default:
      return null
  }
}
