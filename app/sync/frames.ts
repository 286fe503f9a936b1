// Messages to what a socket carries and back: one frame a turn, coats, chunks.
import { createChunkJoiner, splitFrame } from '../../sync-api/protocol/chunks'
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../sync-api/protocol/codec'
import { fromText, toText } from '../../sync-api/protocol/coat'
import {
  chunkPayloadBytes,
  chunkedToClientMax,
  chunksToClientMax,
  chunksToRelayMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

/** Bytes a frame puts before a message: its length as a varuint, up to 2^28. */
const lengthBytesMax = 4

export type FrameWriter = {
  /** Adds a message to the frame of this turn. */
  say(message: ClientMessage): void
  /** Frames are bytes from now on; text until then. */
  useBinary(): void
  /** Sends what was said so far, without waiting for the end of the turn. */
  flush(): void
}

/** `send` is called with whole frames, `later` runs a task at the end of this turn. */
export function createFrameWriter(
  send: (data: string | Uint8Array) => void,
  later: (task: () => void) => void
): FrameWriter {
  let waiting: Uint8Array[] = []
  let binary = false
  let messageId = 0

  function flush(): void {
    const messages = waiting
    waiting = []
    for (const group of groups(messages)) {
      messageId += 1
      for (const piece of splitFrame(joinFrame(group), messageId, chunksToRelayMax)) {
        send(binary ? piece : toText(piece))
      }
    }
  }

  return {
    say(message) {
      waiting.push(encodeClientMessage(message))
      if (waiting.length === 1) later(flush)
    },
    useBinary() {
      flush()
      binary = true
    },
    flush
  }
}

/** Messages as frames that need no chunks; one that is larger is a frame of its own. */
function groups(messages: readonly Uint8Array[]): Uint8Array[][] {
  const all: Uint8Array[][] = []
  let room = 0
  for (const message of messages) {
    const size = message.length + lengthBytesMax
    const group = all.at(-1)
    if (group !== undefined && size <= room) {
      group.push(message)
      room -= size
    } else {
      all.push([message])
      room = chunkPayloadBytes - size
    }
  }
  return all
}

/** Answers the messages that a frame completes. Throws ProtocolError on a malformed one. */
export function createFrameReader(): (data: string | Uint8Array) => ServerMessage[] {
  const join = createChunkJoiner(chunksToClientMax, chunkedToClientMax)
  return (data) => {
    const frame = join(typeof data === 'string' ? fromText(data) : data)
    return frame === null ? [] : decodeServerFrame(frame)
  }
}
