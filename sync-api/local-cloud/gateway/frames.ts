// WebSocket frames (RFC 6455) as API Gateway takes and sends them: its limits are on frames, which libraries do not show.
import { frameBytesMax, messageBytesMax } from './limits'

/** What came from a client; after a `fault` nothing more is read. */
export type Incoming =
  | { readonly kind: 'text'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'ping'; readonly payload: Buffer }
  | { readonly kind: 'pong' }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'fault'; readonly code: number; readonly reason: string }

export type FrameReader = {
  /** Takes the bytes that came next; answers what they complete. */
  read(bytes: Buffer): Incoming[]
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

type Head = {
  readonly final: boolean
  readonly opcode: number
  readonly mask: Buffer
  readonly headBytes: number
  readonly payloadBytes: number
}

type Fault = Extract<Incoming, { kind: 'fault' }>

export function createFrameReader(): FrameReader {
  let buffered: Buffer = Buffer.alloc(0)
  let message: Buffer[] = []
  let messageBytes = 0
  let inMessage = false
  let faulty = false

  const finish = (): Incoming => {
    const bytes = Buffer.concat(message)
    message = []
    messageBytes = 0
    inMessage = false
    const text = textOf(bytes)
    if (text === null) return fault(1007, 'Invalid UTF-8')
    return { kind: 'text', text, bytes: bytes.length }
  }

  const takeData = (head: Head, payload: Buffer): Incoming | null => {
    inMessage = true
    message.push(payload)
    messageBytes += payload.length
    if (messageBytes > messageBytesMax) return fault(1009, 'Message too long')
    return head.final ? finish() : null
  }

  const next = (): Incoming | null => {
    const head = headOf(buffered)
    if (head === null) return null
    if ('kind' in head) return head
    const wrong = wrongHead(head, inMessage)
    if (wrong !== null) return wrong
    const frameBytes = head.headBytes + head.payloadBytes
    if (buffered.length < frameBytes) return null
    const payload = unmask(buffered.subarray(head.headBytes, frameBytes), head.mask)
    buffered = buffered.subarray(frameBytes)
    return head.opcode >= opcodes.close
      ? control(head, payload)
      : (takeData(head, payload) ?? next())
  }

  return {
    read(bytes) {
      const incoming: Incoming[] = []
      if (faulty) return incoming
      buffered = Buffer.concat([buffered, bytes])
      for (let one = next(); one !== null; one = next()) {
        incoming.push(one)
        faulty = one.kind === 'fault' || one.kind === 'close'
        if (faulty) break
      }
      return incoming
    }
  }
}

function fault(code: number, reason: string): Fault {
  return { kind: 'fault', code, reason }
}

/** The head of the first frame, null while it is not whole. Its size is judged before its payload came. */
function headOf(bytes: Buffer): Head | Fault | null {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return null
  if ((first & 0x70) !== 0) return fault(1002, 'No extension was agreed on')
  if ((second & 0x80) === 0) return fault(1002, 'A client masks its frames')
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const headBytes = 2 + lengthBytes + 4
  if (bytes.length < headBytes) return null
  const payloadBytes =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const mask = bytes.subarray(2 + lengthBytes, headBytes)
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, mask, headBytes, payloadBytes }
}

function wrongHead({ opcode, payloadBytes, final }: Head, inMessage: boolean): Fault | null {
  switch (opcode) {
    case opcodes.binary:
      return fault(1003, 'Binary is not supported')
    case opcodes.text:
    case opcodes.continuation:
      if (payloadBytes > frameBytesMax) return fault(1009, 'Frame too long')
      return inMessage === (opcode === opcodes.continuation) ? null : fault(1002, 'Out of order')
    case opcodes.close:
    case opcodes.ping:
    case opcodes.pong:
      return payloadBytes > 125 || !final ? fault(1002, 'Control frame too long') : null
    default:
      return fault(1002, 'Unknown frame')
  }
}

function control({ opcode }: Head, payload: Buffer): Incoming {
  if (opcode === opcodes.ping) return { kind: 'ping', payload }
  if (opcode === opcodes.pong) return { kind: 'pong' }
  // 1005: the code that means there was none.
  const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0)
  return { kind: 'close', code, reason: payload.subarray(2).toString('utf8') }
}

function unmask(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (failure) {
    if (failure instanceof TypeError) return null
    throw failure
  }
}

/** A text message to a client, in frames of at most 32 KB. */
export function textFrames(message: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at === 0 || at < message.length; at += frameBytesMax) {
    const final = at + frameBytesMax >= message.length
    const opcode = at === 0 ? opcodes.text : opcodes.continuation
    frames.push(frame(final, opcode, message.subarray(at, at + frameBytesMax)))
  }
  return frames
}

export function pongFrame(payload: Buffer): Buffer {
  return frame(true, opcodes.pong, payload)
}

/** An answer to a close without a code has none. */
export function closeFrame(code: number, reason: string): Buffer {
  if (code === 1005) return frame(true, opcodes.close, Buffer.alloc(0))
  const head = Buffer.alloc(2)
  head.writeUInt16BE(code)
  return frame(true, opcodes.close, Buffer.concat([head, Buffer.from(reason)]))
}

function frame(final: boolean, opcode: number, payload: Buffer): Buffer {
  const first = (final ? 0x80 : 0) | opcode
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload])
  const head = Buffer.from([first, 126, 0, 0])
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
