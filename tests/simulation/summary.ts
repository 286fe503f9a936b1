// A message in a few words, for the trace.
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

export function summaryOf(message: ClientMessage | ServerMessage): string {
  const number = 'n' in message ? ` ${message.n} of ${message.outbox}` : ''
  const span = 'from' in message ? ` ${message.from.at(-1) ?? 0}-${message.to.at(-1) ?? 0}` : ''
  const cursor = message.type === 'pull' ? ` from ${message.cursor.at(-1) ?? 0}` : ''
  const role = 'role' in message ? ` ${message.role}` : ''
  const items =
    message.type === 'subscribed' || message.type === 'subscribe'
      ? message.items.map((item) => ` ${'role' in item ? `${item.role} ${item.stale}` : ''}`).join()
      : ''
  const have = message.type === 'gap' ? ` have ${message.have} of ${message.outbox}` : ''
  const reason = 'reason' in message ? ` ${message.reason}` : ''
  const code = message.type === 'error' ? ` ${message.code}` : ''
  return message.type + number + span + cursor + role + items + have + reason + code
}
