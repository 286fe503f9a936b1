// Frames larger than one WebSocket message may be: split into numbered chunks and joined again.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { joinFrame } from './codec'
import { ProtocolError } from './errors'
import { chunkPayloadBytes, chunksPerMessageMax } from './limits'

/** The message type of a chunk, in both directions; see the type numbers in codec.ts. */
const chunkType = 60

/**
 * A frame as what may go on the wire: itself if it is small, else chunks that are frames too.
 * `id` tells apart the messages of one connection. Throws above `messageBytesMax`: such content
 * goes by HTTP, and it is our bug if it comes here.
 */
export function splitFrame(frame: Uint8Array, id: number): Uint8Array[] {
  if (frame.length <= chunkPayloadBytes) return [frame]
  const count = Math.ceil(frame.length / chunkPayloadBytes)
  if (count > chunksPerMessageMax) throw new Error(`A frame of ${frame.length} bytes is too large`)
  return Array.from({ length: count }, (_, index) => {
    const start = index * chunkPayloadBytes
    return encodeChunk(id, index, count, frame.subarray(start, start + chunkPayloadBytes))
  })
}

function encodeChunk(id: number, index: number, count: number, bytes: Uint8Array): Uint8Array {
  const message = encoding.encode((out) => {
    encoding.writeUint8(out, chunkType)
    encoding.writeVarUint(out, id)
    encoding.writeVarUint(out, index)
    encoding.writeVarUint(out, count)
    encoding.writeVarUint8Array(out, bytes)
  })
  return joinFrame([message])
}

/**
 * Joins the chunks of one connection. Give it every frame that arrives: it answers the frame to
 * decode, or null while one is incomplete. One message is under way at a time; throws
 * ProtocolError when chunks do not fit together.
 */
export function createChunkJoiner(): (frame: Uint8Array) => Uint8Array | null {
  let parts: Uint8Array[] = []
  let current = { id: -1, count: 0 }
  return (frame) => {
    const chunk = readChunk(frame)
    if (chunk === null) return frame
    if (chunk.index === 0) {
      parts = []
      current = { id: chunk.id, count: chunk.count }
    }
    const fits = chunk.id === current.id && chunk.count === current.count
    if (!fits || chunk.index !== parts.length) throw malformed('chunks out of order')
    // A copy: a view would keep the socket's whole buffer alive until the message is complete.
    parts.push(chunk.bytes.slice())
    if (parts.length < current.count) return null
    const whole = concat(parts)
    parts = []
    current = { id: -1, count: 0 }
    return whole
  }
}

type Chunk = { id: number; index: number; count: number; bytes: Uint8Array }

function readChunk(frame: Uint8Array): Chunk | null {
  try {
    return parseChunk(decoding.createDecoder(frame))
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause
    throw malformed(cause instanceof Error ? cause.message : String(cause))
  }
}

function parseChunk(input: decoding.Decoder): Chunk | null {
  if (!decoding.hasContent(input)) return null
  const length = decoding.readVarUint(input)
  if (length === 0 || decoding.peekUint8(input) !== chunkType) return null
  decoding.readUint8(input)
  const chunk = {
    id: decoding.readVarUint(input),
    index: decoding.readVarUint(input),
    count: decoding.readVarUint(input),
    bytes: decoding.readVarUint8Array(input)
  }
  if (decoding.hasContent(input)) throw malformed('a chunk shares its frame')
  const counted = chunk.count >= 2 && chunk.count <= chunksPerMessageMax
  if (!counted || chunk.index >= chunk.count) throw malformed('impossible chunk numbers')
  if (chunk.bytes.length > chunkPayloadBytes) throw malformed('a chunk is too long')
  return chunk
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function malformed(detail: string): ProtocolError {
  return new ProtocolError('bad-frame', detail)
}
