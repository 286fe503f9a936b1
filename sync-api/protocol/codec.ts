// Messages to frames and back. Trusts nothing: any bytes give messages or one ProtocolError.
import * as encoding from 'lib0/encoding'
import { readClientMessage, writeClientMessage } from './client-codec'
import { malformed, openInput, readBytes, writeBytes, type In } from './fields'
import { bulkBytesMax, messagesPerFrameMax } from './limits'
import type { ClientMessage, ServerMessage } from './messages'
import { readServerMessage, writeServerMessage } from './server-codec'

/** Bytes of one client message, without the length a frame puts before it. */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  return encoded((out) => writeClientMessage(out, message))
}

/** Bytes of one server message, without the length a frame puts before it. */
export function encodeServerMessage(message: ServerMessage): Uint8Array {
  return encoded((out) => writeServerMessage(out, message))
}

/** Encoded messages as one frame: each with its length before it, in order. */
export function joinFrame(messages: readonly Uint8Array[]): Uint8Array {
  return encoded((out) => {
    for (const message of messages) writeBytes(out, message)
  })
}

/** What an encoder may keep for the next message, bytes: more than all but the largest need. */
const keptBytesMax = 64 * 1024

let kept = encoding.createEncoder()

/** As `encoding.encode`, with one encoder for all: a new one takes a buffer from the system. */
function encoded(write: (out: encoding.Encoder) => void): Uint8Array {
  const out = kept.cbuf.length > keptBytesMax ? encoding.createEncoder() : kept
  kept = out
  out.cpos = 0
  out.bufs = []
  write(out)
  return encoding.toUint8Array(out)
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
  for (let count = 0; input.pos < frame.length; count++) {
    if (count === messagesPerFrameMax) throw malformed(`more than ${count} messages in one frame`)
    const body = openInput(readBytes(input, bulkBytesMax))
    const message = read(body)
    if (message === null) continue
    if (body.pos < body.arr.length) throw malformed('bytes after the end of a message')
    messages.push(message)
  }
  return messages
}
