// Messages to frames and back. Trusts nothing: any bytes give messages or one ProtocolError.
import * as encoding from 'lib0/encoding'
import { readClientMessage, writeClientMessage } from './client-codec'
import { malformed, openInput, readPart, writeBytes, type In } from './fields'
import { bulkBytesMax, messagesPerFrameMax } from './limits'
import type { ClientMessage, ServerMessage } from './messages'
import { readServerMessage, writeServerMessage } from './server-codec'

/** Bytes of one client message, without the length a frame puts before it. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const bytes = message.type === 'push' ? message.update.length : 0
  return encoded((out) => writeClientMessage(out, message), bytes + envelopeBytes)
}

/** Bytes of one server message, without the length a frame puts before it. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return encoded((out) => writeServerMessage(out, message), bytesAbout(message))
}

/** Encoded messages as one frame: each with its length before it, in order. */
export function joinFrame(messages: readonly Uint8Array[]): Uint8Array {
  let bytes = 0
  for (const message of messages) bytes += lengthBytesMax + message.length
  return encoded((out) => {
    for (const message of messages) writeBytes(out, message)
  }, bytes)
}

/** A message's length before it, bytes, at most: up to 2^28. */
const lengthBytesMax = 4

/** What a message holds beside its updates, bytes, mostly less: ids, two cursors. */
const envelopeBytes = 200

/** What stands before the update of an entry, bytes, at most: outbox, number, length. */
const entryHeadBytesMax = 8 + 8 + lengthBytesMax

function bytesAbout(message: ServerMessage): number {
  let bytes = envelopeBytes
  if (message.type !== 'catch-up' && message.type !== 'entry') return bytes
  for (const { update } of message.entries) bytes += entryHeadBytesMax + update.length
  return bytes
}

/** What an encoder may keep for the next message, bytes: more than all but the largest need. */
const keptBytesMax = 64 * 1024

let kept = encoding.createEncoder()

/**
 * As `encoding.encode`, with one encoder for all but the large: a new one takes a buffer from the
 * system. A large message gets one of about its size, since growing would copy it again and again.
 */
function encoded(write: (out: encoding.Encoder) => void, bytes: number): Uint8Array {
  if (bytes > keptBytesMax) return encodedAlone(write, bytes)
  const out = kept.cbuf.length > keptBytesMax ? encoding.createEncoder() : kept
  kept = out
  out.cpos = 0
  out.bufs = []
  write(out)
  return encoding.toUint8Array(out)
}

function encodedAlone(write: (out: encoding.Encoder) => void, bytes: number): Uint8Array {
  const out = encoding.createEncoder()
  out.cbuf = new Uint8Array(bytes)
  write(out)
  return out.bufs.length === 0 ? out.cbuf.subarray(0, out.cpos) : encoding.toUint8Array(out)
}

/**
 * The messages of a frame, in order. Types this release does not know are left out, so that a
 * newer peer may say more. Throws ProtocolError on anything malformed. Byte strings in the
 * messages are views of `frame`: whoever keeps one for long copies it.
 */
export function decodeClientFrame(frame: Uint8Array): ClientMessage[] {
  return decodeFrame(frame, readClientMessage)
}

/** As `decodeClientFrame`, for what a relay sent. */
export function decodeServerFrame(frame: Uint8Array): ServerMessage[] {
  return decodeFrame(frame, readServerMessage)
}

function decodeFrame<M>(frame: Uint8Array, read: (input: In) => M | null): M[] {
  if (frame.length > bulkBytesMax) throw malformed(`${frame.length} bytes in one frame`)
  const messages: M[] = []
  const input = openInput(frame)
  for (let count = 0; input.at < input.end; count++) {
    if (count === messagesPerFrameMax) throw malformed(`more than ${count} messages in one frame`)
    const message = readPart(input, read)
    if (message !== null) messages.push(message)
  }
  return messages
}
