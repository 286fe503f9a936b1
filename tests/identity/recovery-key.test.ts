// The recovery key on paper.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRecoveryKey, writeRecoveryKey } from '../../app/identity/recovery-key'
import { secretBytes } from '../../sync-api/protocol/limits'

const secrets = fc.uint8Array({ minLength: secretBytes, maxLength: secretBytes })
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

describe('a recovery key', () => {
  test('is seven groups of four and reads back as the secret it was made of', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const key = writeRecoveryKey(secret)
        expect(key).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/)
        expect(readRecoveryKey(key)).toEqual({ kind: 'secret', secret })
      })
    )
  })

  test('is read in lower case, with any spaces and dashes, and with O, I and L for 0 and 1', () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom('', ' ', '  ', '–', ' - '), (secret, gap) => {
        const key = writeRecoveryKey(secret).toLowerCase().replaceAll('-', gap)
        const sloppy = key.replaceAll('0', 'o').replaceAll('1', gap === '' ? 'l' : 'I')
        expect(readRecoveryKey(` ${sloppy}\n`)).toEqual({ kind: 'secret', secret })
      })
    )
  })

  test('with any one or two wrong letters is not accepted', () => {
    const place = fc.nat(27)
    const shift = fc.integer({ min: 1, max: 31 })
    fc.assert(
      fc.property(secrets, place, shift, place, shift, (secret, one, by, other, byOther) => {
        let letters = [...writeRecoveryKey(secret).replaceAll('-', '')]
        letters = changed(letters, one, by)
        if (other !== one) letters = changed(letters, other, byOther)
        expect(readRecoveryKey(letters.join(''))).toEqual({ kind: 'mistyped' })
      }),
      { numRuns: 3_000 }
    )
  })

  test('with two letters that changed places is not accepted', () => {
    fc.assert(
      fc.property(secrets, fc.nat(27), fc.nat(27), (secret, one, other) => {
        const letters = [...writeRecoveryKey(secret).replaceAll('-', '')]
        fc.pre(letters[one] !== letters[other])
        ;[letters[one], letters[other]] = [letters[other]!, letters[one]!]
        expect(readRecoveryKey(letters.join(''))).toEqual({ kind: 'mistyped' })
      })
    )
  })

  test('that is too short or holds a foreign letter says so', () => {
    expect(readRecoveryKey('ABCD')).toEqual({ kind: 'length', length: 4, expected: 28 })
    expect(readRecoveryKey('ABCD-U')).toEqual({ kind: 'symbol', symbol: 'U' })
  })
})

function changed(letters: string[], place: number, by: number): string[] {
  const symbol = (alphabet.indexOf(letters[place]!) + by) % 32
  return letters.with(place, alphabet[symbol]!)
}
