// Frames larger than one WebSocket message may be: split into numbered chunks and joined again.
import * as encoding from 'lib0/encoding'
import {
  malformed,
  openInput,
  readByte,
  readBytes,
  readNumber,
  writeByte,
  writeNumber
} from './fields'
import { chunkPayloadBytes } from './limits'
import { chunkType } from './message-types'

/**
 * A frame as what may go on the wire: itself if it is small, else chunks that are frames too.
 * `id` tells apart the messages of one connection, `chunksMax` is what the other side takes. Throws
 * above it: such content goes by HTTP, and it is our bug if it comes here.
 */
export function splitFrame(frame: Uint8Array, id: number, chunksMax: number): Uint8Array[] {
  if (frame.length <= chunkPayloadBytes) return [frame]
  const count = Math.ceil(frame.length / chunkPayloadBytes)
  if (count > chunksMax) throw new Error(`A frame of ${frame.length} bytes is too large`)
  // One buffer for all the pieces: a new one for each would cost more than the copying.
  const room = new Uint8Array(frame.length + count * chunkHeadBytesMax)
  let at = 0
  return Array.from({ length: count }, (_, index) => {
    const start = index * chunkPayloadBytes
    const bytes = frame.subarray(start, start + chunkPayloadBytes)
    const piece = writeChunk(room.subarray(at), { id, index, count, bytes })
    at += piece.length
    return piece
  })
}

/**
 * Joins the chunks of one connection. Give it every frame that arrives: it answers the frame to
 * decode, or null while one is incomplete. At most `messagesMax` messages are under way at a time,
 * each of at most `chunksMax` chunks, and the one that began first is forgotten for one more; throws
 * ProtocolError when chunks do not fit together.
 */
export function createChunkJoiner(
  chunksMax: number,
  messagesMax = 1
): (frame: Uint8Array) => Uint8Array | null {
  /** By id, in the order in which they began. */
  const unfinished = new Map<number, { readonly count: number; readonly parts: Uint8Array[] }>()
  return (frame) => {
    const chunk = readChunk(frame, chunksMax)
    if (chunk === null) return frame
    const { id, index, count, bytes } = chunk
    if (index === 0) {
      unfinished.delete(id)
      for (const oldest of unfinished.keys()) {
        if (unfinished.size < messagesMax) break
        unfinished.delete(oldest)
      }
      unfinished.set(id, { count, parts: [] })
    }
    const message = unfinished.get(id)
    if (message === undefined || count !== message.count || index !== message.parts.length) {
      throw malformed('chunks out of order')
    }
    // A copy: a view would keep the socket's whole buffer alive until the message is complete.
    message.parts.push(bytes.slice())
    if (message.parts.length < count) return null
    unfinished.delete(id)
    return joinChunks(message.parts)
  }
}

/** `id`: of the message, on its connection. */
export type Chunk = {
  readonly id: number
  readonly index: number
  readonly count: number
  readonly bytes: Uint8Array
}

/** Before the bytes of a chunk: two lengths of 3 bytes, the type, an id of 8, two numbers of 2. */
const chunkHeadBytesMax = 3 + 1 + 8 + 2 + 2 + 3

/** Writes a chunk as a frame at the start of `room`; answers the part it filled. */
function writeChunk(room: Uint8Array, { id, index, count, bytes }: Chunk): Uint8Array {
  const head = encoding.encode((out) => {
    writeByte(out, chunkType)
    writeNumber(out, id)
    writeNumber(out, index)
    writeNumber(out, count)
    writeNumber(out, bytes.length)
  })
  const length = encoding.encode((out) => writeNumber(out, head.length + bytes.length))
  room.set(length)
  room.set(head, length.length)
  room.set(bytes, length.length + head.length)
  return room.subarray(0, length.length + head.length + bytes.length)
}

/** The chunk a frame is, or null for a frame of messages. Throws ProtocolError when it is neither. */
export function readChunk(frame: Uint8Array, chunksMax: number): Chunk | null {
  if (frame.length === 0) return null
  const input = openInput(frame)
  const length = readNumber(input)
  if (length === 0 || readByte(input) !== chunkType) return null
  if (input.at - 1 + length !== frame.length) throw malformed('a chunk shares its frame')
  const chunk = {
    id: readNumber(input),
    index: readNumber(input),
    count: readNumber(input),
    bytes: readBytes(input, chunkPayloadBytes)
  }
  if (input.at !== input.end) throw malformed('bytes after the end of a chunk')
  const counted = chunk.count >= 2 && chunk.count <= chunksMax
  if (!counted || chunk.index >= chunk.count) throw malformed('impossible chunk numbers')
  return chunk
}

/** The frame whose chunks these are, in their order. */
export function joinChunks(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
