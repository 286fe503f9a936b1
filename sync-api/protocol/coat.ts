// The two coats of a frame: bytes as they are, or base64 where a host refuses binary frames.
import { fromBase64, toBase64 } from './base64'
import { malformed } from './fields'
import { frameBytesMax } from './limits'

/** A frame as a text message. */
export function toText(frame: Uint8Array): string {
  return toBase64(frame)
}

/** The frame of a text message. Throws ProtocolError when it is too long or not base64. */
export function fromText(text: string): Uint8Array {
  if (text.length > frameBytesMax) throw malformed('a text frame is too long')
  try {
    return fromBase64(text)
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause))
  }
}
