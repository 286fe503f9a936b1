// What reads a whole log is answered by the function that has time: then nobody who writes waits behind it.
import { encodeClientMessage, joinFrame } from '../../protocol/codec'
import type { ClientMessage } from '../../protocol/messages'
import type { Stood } from '../../core/relay'
import type { Heard } from './heard'
import type { Region } from './region'

/** Whether somebody else answers the message. */
export async function handOverIfLong(
  { ask, report }: Region,
  { connection, claims }: Heard,
  { protocol, expiresAt }: Stood,
  message: ClientMessage
): Promise<boolean> {
  if (!isLong(message)) return false
  const greeted = { id: connection, person: claims.person, expiresAt, protocol }
  try {
    await ask({ kind: 'answer', greeted, frame: joinFrame([encodeClientMessage(message)]) })
    return true
  } catch (cause) {
    report('Could not hand over an answer', cause)
    // A copy is compared another time; who waits for a page must have it.
    return message.type === 'digest'
  }
}

function isLong(message: ClientMessage): boolean {
  if (message.type === 'digest') return true
  return message.type === 'pull' && message.cursor.length === 0
}
