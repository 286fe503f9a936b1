// Bytes of a Yjs update (V1), read without making what they describe. Every read is bounded and
// accepts one form only: what two readers could understand differently is refused.
import * as string from 'lib0/string'
import { keyBytesMax, valueDepthMax } from './limits'
import { BadUpdate } from './update-faults'

export type UpdateInput = { readonly bytes: Uint8Array; at: number }

/** lib0 sets keys by assignment: with this one a value replaces the prototype of what holds it. */
const forbiddenKey = '__proto__'

export function readByte(input: UpdateInput): number {
  const byte = input.bytes[input.at]
  if (byte === undefined) throw new BadUpdate('cut-short')
  input.at += 1
  return byte
}

/** A number of seven bits a byte, lowest first, in as few bytes as it takes; up to 2^53 - 1. */
export function readUint(input: UpdateInput): number {
  let value = 0
  let place = 1
  for (let count = 0; count < 8; count++) {
    const byte = readByte(input)
    value += (byte & 127) * place
    place *= 128
    if (byte > 127) continue
    if (byte === 0 && count > 0) throw new BadUpdate('number-form')
    if (value > Number.MAX_SAFE_INTEGER) break
    return value
  }
  throw new BadUpdate('number-range')
}

/** Passes over bytes with their length before them; answers where they begin. */
export function skipBytes(input: UpdateInput): number {
  const length = readUint(input)
  if (length > input.bytes.length - input.at) throw new BadUpdate('cut-short')
  const start = input.at
  input.at += length
  return start
}

/** Passes over a text, which must be UTF-8; answers its length as Yjs counts it, in UTF-16 units. */
export function skipText(input: UpdateInput): number {
  const start = skipBytes(input)
  return unitsOf(input.bytes, start, input.at)
}

/** A short text: the name of a root, a node, a mark or a key. */
export function readName(input: UpdateInput): string {
  const start = skipBytes(input)
  const { bytes, at } = input
  if (at - start > keyBytesMax) throw new BadUpdate('text-too-long')
  const name =
    unitsOf(bytes, start, at) === at - start
      ? String.fromCharCode(...bytes.subarray(start, at))
      : string.decodeUtf8(bytes.subarray(start, at))
  if (name === forbiddenKey) throw new BadUpdate('forbidden-key')
  return name
}

function unitsOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at]! < 0x80) at += 1
  let units = at - start
  while (at < end) {
    const more = continuations(bytes, at, end)
    units += more === 3 ? 2 : 1
    at += more + 1
  }
  return units
}

/** How many bytes continue the character at `at`: none is longer than it need be, none a surrogate. */
function continuations(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 0
  const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0
  if (more === 0 || at + more >= end) throw new BadUpdate('text-not-utf8')
  const second = bytes[at + 1]!
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < lowest || second > highest) throw new BadUpdate('text-not-utf8')
  for (let next = at + 2; next <= at + more; next++) {
    if ((bytes[next]! & 0xc0) !== 0x80) throw new BadUpdate('text-not-utf8')
  }
  return more
}

/** Passes over a value in JSON: of bounded depth, and without the forbidden key. */
export function skipJson(input: UpdateInput): void {
  const start = skipBytes(input)
  const { bytes, at } = input
  unitsOf(bytes, start, at)
  refuseDeep(bytes, start, at)
  const text = string.decodeUtf8(bytes.subarray(start, at))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadUpdate('value-form')
  }
  refuseForbiddenIn(value)
}

/** Counts brackets outside of strings: `JSON.parse` of a deep value overflows the stack. */
function refuseDeep(bytes: Uint8Array, start: number, end: number): void {
  let depth = 0
  let quoted = false
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (quoted) {
      if (byte === backslash) at += 1
      else if (byte === quote) quoted = false
    } else if (byte === quote) quoted = true
    else if (byte === bracketOpen || byte === braceOpen) {
      if (++depth > valueDepthMax) throw new BadUpdate('value-too-deep')
    } else if (byte === bracketClose || byte === braceClose) depth -= 1
  }
}

const quote = 0x22
const backslash = 0x5c
const bracketOpen = 0x5b
const bracketClose = 0x5d
const braceOpen = 0x7b
const braceClose = 0x7d

function refuseForbiddenIn(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Object.hasOwn(value, forbiddenKey)) throw new BadUpdate('forbidden-key')
  for (const inner of Object.values(value)) refuseForbiddenIn(inner)
}

/** Passes over a value in lib0's own form. */
export function skipAny(input: UpdateInput, depth = 0): void {
  if (depth > valueDepthMax) throw new BadUpdate('value-too-deep')
  switch (readByte(input)) {
    case 127: // undefined
    case 126: // null
    case 121: // false
    case 120: // true
      return
    case 125:
      return skipInt(input)
    case 124: // 32-bit float
      return skipFixed(input, 4)
    case 123: // 64-bit float; 122, a 64-bit integer, is refused: no JSON can be made of it
      return skipFixed(input, 8)
    case 119:
      skipText(input)
      return
    case 118:
      for (let left = readUint(input); left > 0; left--) {
        readName(input)
        skipAny(input, depth + 1)
      }
      return
    case 117:
      for (let left = readUint(input); left > 0; left--) skipAny(input, depth + 1)
      return
    case 116:
      skipBytes(input)
      return
    default:
      throw new BadUpdate('value-form')
  }
}

function skipFixed(input: UpdateInput, length: number): void {
  if (length > input.bytes.length - input.at) throw new BadUpdate('cut-short')
  input.at += length
}

/** A number with a sign: six bits in the first byte, seven in each that follows. */
function skipInt(input: UpdateInput): void {
  let byte = readByte(input)
  let value = byte & 63
  let place = 64
  for (let count = 1; byte > 127; count++) {
    if (count === 8) throw new BadUpdate('number-range')
    byte = readByte(input)
    if (byte === 0) throw new BadUpdate('number-form')
    value += (byte & 127) * place
    place *= 128
  }
  if (value > Number.MAX_SAFE_INTEGER) throw new BadUpdate('number-range')
}
