// Messages into frames of at most one chunk's payload, larger ones in chunks.
import { joinFrame } from './codec'
import { splitFrame } from './chunks'
import { chunkPayloadBytes, chunksToClientMax } from './limits'

/** `nextChunkId` tells apart the chunked messages of one connection. */
export function framesOf(messages: readonly Uint8Array[], nextChunkId: () => number): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (const group of groupsOf(messages)) {
    const frame = joinFrame(group)
    if (frame.length <= chunkPayloadBytes) frames.push(frame)
    else frames.push(...splitFrame(frame, nextChunkId(), chunksToClientMax))
  }
  return frames
}

/** Bytes of a message's length before it, at most. */
const lengthBytesMax = 3

function groupsOf(messages: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = []
  let room = 0
  for (const message of messages) {
    const bytes = message.length + lengthBytesMax
    if (bytes > room) {
      groups.push([])
      room = chunkPayloadBytes
    }
    groups.at(-1)?.push(message)
    room -= bytes
  }
  return groups
}
