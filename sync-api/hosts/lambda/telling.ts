// What an event's own connection is told: on the route's response as far as one frame goes, the rest before it by itself.
import type { ConnectionId } from '../../core/ports'
import { toText } from '../../protocol/coat'
import { chunkPayloadBytes } from '../../protocol/limits'
import { joinFrame } from '../../protocol/codec'
import type { Said } from './outboxes'
import type { Region } from './region'

/** Tells all of it by itself. Resolves with whether the connection is still there. */
export async function tellAll(
  { callbacks, rooms }: Region,
  connection: ConnectionId,
  { messages, closed }: Said
): Promise<boolean> {
  const told = messages.length === 0 ? 'told' : await callbacks.tell(connection, messages)
  if (told === 'told' && !closed) return true
  if (closed) await callbacks.close(connection)
  if (told !== 'missed') rooms.gone(connection)
  return false
}

/** Answers what the response carries; empty for nothing. */
export async function tellOwn(
  region: Region,
  connection: ConnectionId,
  { messages, closed }: Said
): Promise<string> {
  const { before, last } = split(messages, closed)
  // What comes after what was not told would have a hole before it.
  if (!(await tellAll(region, connection, { messages: before, closed }))) return ''
  return last.length === 0 ? '' : toText(joinFrame(last))
}

/** The last messages that fit one frame together; all before, where the connection is closed after them. */
function split(
  messages: readonly Uint8Array[],
  closed: boolean
): { readonly before: readonly Uint8Array[]; readonly last: readonly Uint8Array[] } {
  if (closed) return { before: messages, last: [] }
  let room = chunkPayloadBytes
  let from = messages.length
  while (from > 0) {
    const bytes = messages[from - 1]!.length + lengthBytesMax
    if (bytes > room) break
    room -= bytes
    from -= 1
  }
  return { before: messages.slice(0, from), last: messages.slice(from) }
}

/** Bytes of a message's length before it, at most. */
const lengthBytesMax = 3
