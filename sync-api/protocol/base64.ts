// Base64 in both alphabets, written out: lib0's looks for `window` or `Buffer`, a service worker has neither.

const plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const url = plain.slice(0, 62) + '-_'

/** Bytes as base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const text = encodeWith(plain, bytes)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

/** The bytes of base64 with padding; throws on any other text. */
export function fromBase64(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (text.length % 4 !== 0) throw new Error('Not base64: its length is no multiple of 4')
  return decodeWith(plainValues, text, text.length - padding)
}

/** Bytes as base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return encodeWith(url, bytes)
}

/** The bytes of base64url without padding; throws on any other text. */
export function fromBase64Url(text: string): Uint8Array {
  return decodeWith(urlValues, text, text.length)
}

/** Bytes that become a string at once: a call takes a bounded number of arguments. */
const pieceBytes = 3 * 1024

/** Room that is kept, by length: for ids, which messages are full of. */
const rooms: number[][] = []
const keptRoomMax = 22

/** All characters become one string at once: to add them one by one would make as many strings. */
function encodeWith(alphabet: string, bytes: Uint8Array): string {
  if (bytes.length > pieceBytes) {
    const [piece, rest] = [bytes.subarray(0, pieceBytes), bytes.subarray(pieceBytes)]
    return encodeWith(alphabet, piece) + encodeWith(alphabet, rest)
  }
  const length = Math.ceil((bytes.length * 4) / 3)
  const characters = rooms[length] ?? Array.from({ length }, () => 0)
  if (length <= keptRoomMax) rooms[length] = characters
  let bits = 0
  let count = 0
  let at = 0
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    for (count += 8; count >= 6; count -= 6) {
      characters[at++] = alphabet.charCodeAt((bits >> (count - 6)) & 63)
    }
    bits &= 63
  }
  if (count > 0) characters[at] = alphabet.charCodeAt((bits << (6 - count)) & 63)
  return String.fromCharCode(...characters)
}

function decodeWith(values: Int8Array, text: string, length: number): Uint8Array {
  if (length % 4 === 1) throw new Error('Not base64: one character stands alone')
  const bytes = new Uint8Array((length * 3) >> 2)
  let bits = 0
  let count = 0
  let at = 0
  for (let index = 0; index < length; index++) {
    const value = values[text.charCodeAt(index)] ?? -1
    if (value < 0) throw new Error(`Not base64: character ${index} is not of the alphabet`)
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    bytes[at++] = (bits >> count) & 0xff
  }
  return bytes
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1)
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value
  return values
}

const plainValues = valuesOf(plain)
const urlValues = valuesOf(url)
