// A frame as the bytes of a WebSocket message (RFC 6455, 5.2), header included.

const finalBinary = 0x82

/** Up to here copying a payload behind its header is cheaper than writing two buffers, bytes. */
const copiedBytesMax = 8 * 1024

/**
 * The bytes to write, in one buffer or two. They can be written to any number of sockets: `ws` would
 * make a header and two writes for each of them, which is most of what telling a hundred people the
 * same costs.
 */
export function binaryPacket(payload: Uint8Array): Buffer[] {
  const { length } = payload
  if (length > 0xffff) throw new Error(`A frame of ${length} bytes is larger than frames may be`)
  const headerBytes = length < 126 ? 2 : 4
  const isCopied = length <= copiedBytesMax
  const packet = Buffer.allocUnsafeSlow(headerBytes + (isCopied ? length : 0))
  packet[0] = finalBinary
  packet[1] = length < 126 ? length : 126
  if (headerBytes === 4) packet.writeUInt16BE(length, 2)
  if (!isCopied) return [packet, Buffer.from(payload.buffer, payload.byteOffset, length)]
  packet.set(payload, headerBytes)
  return [packet]
}
