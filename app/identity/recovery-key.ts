// The recovery key on paper: 128 bits as 26 letters and digits, and two more that find a slip of the pen.
import { secretBytes } from '../../sync-api/protocol/limits'

/** Crockford's alphabet: no I, L, O and U, which are read as 1, 1, 0 and something rude. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const bitsPerSymbol = 5
const secretSymbols = Math.ceil((secretBytes * 8) / bitsPerSymbol)
const checkSymbols = 2
const groupLength = 4

export type ReadKey =
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  /** Letters are missing, or there are too many. `length` of 28 were found. */
  | { readonly kind: 'length'; readonly length: number; readonly expected: number }
  | { readonly kind: 'symbol'; readonly symbol: string }
  /** One or two letters are wrong, or two changed places. */
  | { readonly kind: 'mistyped' }

/** The key as it is shown and printed: seven groups of four. */
export function writeRecoveryKey(secret: Uint8Array): string {
  if (secret.length !== secretBytes) throw new Error(`A secret has ${secretBytes} bytes`)
  const symbols = symbolsOf(secret)
  const text = [...symbols, ...checkOf(symbols)].map((symbol) => alphabet[symbol]).join('')
  return text.match(new RegExp(`.{${groupLength}}`, 'g'))!.join('-')
}

/**
 * What a person typed, in any case, with any spaces and dashes, with O for 0 and I or L for 1. Any
 * one or two wrong letters are found.
 */
export function readRecoveryKey(text: string): ReadKey {
  const letters = [...text.toUpperCase().replace(/[\s\p{Pd}]/gu, '')]
  const plain = letters.map((letter) => lookalikes[letter] ?? letter)
  const wrong = plain.find((letter) => !alphabet.includes(letter))
  if (wrong !== undefined) return { kind: 'symbol', symbol: wrong }
  const expected = secretSymbols + checkSymbols
  if (plain.length !== expected) return { kind: 'length', length: plain.length, expected }
  const symbols = plain.map((letter) => alphabet.indexOf(letter))
  const check = checkOf(symbols.slice(0, secretSymbols))
  const right = check.every((symbol, at) => symbol === symbols[secretSymbols + at])
  const secret = bytesOf(symbols.slice(0, secretSymbols))
  return right && secret !== null ? { kind: 'secret', secret } : { kind: 'mistyped' }
}

const lookalikes: Record<string, string> = { O: '0', I: '1', L: '1' }

function symbolsOf(bytes: Uint8Array): number[] {
  const symbols: number[] = []
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= bitsPerSymbol) {
      bits -= bitsPerSymbol
      symbols.push((held >> bits) & 31)
      held &= (1 << bits) - 1
    }
  }
  if (bits > 0) symbols.push((held << (bitsPerSymbol - bits)) & 31)
  return symbols
}

// Null when the bits left over are not zero: no secret is written like that.
function bytesOf(symbols: readonly number[]): Uint8Array | null {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const symbol of symbols) {
    held = (held << bitsPerSymbol) | symbol
    bits += bitsPerSymbol
    if (bits < 8) continue
    bits -= 8
    bytes.push(held >> bits)
    held &= (1 << bits) - 1
  }
  return held === 0 ? new Uint8Array(bytes) : null
}

// A Reed-Solomon code over GF(32): the remainder of the message after division by (x - a)(x - a^2).
// Any two words differ in three places, so up to two wrong letters never give another valid key.
function checkOf(symbols: readonly number[]): number[] {
  let [high, low] = [0, 0]
  for (const symbol of symbols) {
    const factor = symbol ^ high
    high = low ^ multiply(factor, generator.high)
    low = multiply(factor, generator.low)
  }
  return [high, low]
}

/** (x - a)(x - a^2) = x^2 + high x + low, with a = 2. */
const generator = { high: 2 ^ multiply(2, 2), low: multiply(2, multiply(2, 2)) }

// In GF(32) with the primitive polynomial x^5 + x^2 + 1: 31 powers, enough for 28 symbols.
function multiply(one: number, other: number): number {
  let product = 0
  for (let at = 0; at < bitsPerSymbol; at++) {
    if ((other >> at) & 1) product ^= one << at
  }
  for (let at = 2 * bitsPerSymbol - 2; at >= bitsPerSymbol; at--) {
    if ((product >> at) & 1) product ^= 0b100101 << (at - bitsPerSymbol)
  }
  return product
}
