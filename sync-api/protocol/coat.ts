// The two coats of a frame: bytes as they are, or base64 where a host refuses binary frames.
import * as base64 from 'lib0/buffer'
import { ProtocolError } from './errors'
import { frameBytesMax } from './limits'

/** A frame as a text message. */
export function toText(frame: Uint8Array): string {
  return base64.toBase64(frame)
}

/** The frame of a text message. Throws ProtocolError when it is too long or not base64. */
export function fromText(text: string): Uint8Array {
  if (text.length > frameBytesMax) throw new ProtocolError('bad-frame', 'text frame too long')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new ProtocolError('bad-frame', 'text frame is not base64')
  }
  return base64.fromBase64(text)
}
