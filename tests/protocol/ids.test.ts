// Ids: what they are hashes of, and which text is taken for one.
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  channelKey,
  channelRefOf,
  clientIdOf,
  documentIdOf,
  fromBase64Url,
  idOf,
  isDocumentId,
  isPersonId,
  isWriterId,
  libraryIdOf,
  personIdOf,
  toBase64Url,
  type DocumentId,
  type PersonId,
  type WriterId
} from '../../sync-api/protocol/ids'
import { channels } from '../../sync-api/protocol/roles'
import { createSeeded } from './seeded'

const random = createSeeded(5)
const person = idOf<PersonId>(random.bytes(16))
const otherPerson = idOf<PersonId>(random.bytes(16))
const document = idOf<DocumentId>(random.bytes(16))
const writer = idOf<WriterId>(random.bytes(8))

test('[ID1] a person is a hash of their first key', () => {
  const spki = random.bytes(91)
  expect(personIdOf(spki)).toBe(idOf(hashOf('meridian person', spki).subarray(0, 16)))
  expect(personIdOf(spki)).not.toBe(personIdOf(random.bytes(91)))
})

test('[ID2] a document is a hash of its creator and a nonce, distinct for each', () => {
  const expected = hashOf('meridian document', person, 'n').subarray(0, 16)
  expect(documentIdOf(person, 'n')).toBe(idOf(expected))
  const made = new Set<string>()
  for (let nonce = 0; nonce < 5_000; nonce++) {
    made.add(documentIdOf(person, String(nonce)))
    made.add(documentIdOf(otherPerson, String(nonce)))
  }
  expect(made.size).toBe(10_000)
  expect(libraryIdOf(person)).toBe(documentIdOf(person, 'library'))
})

test('[ID2] parts cannot be moved across their border', () => {
  const shifted = `${person}a` as PersonId
  expect(documentIdOf(shifted, 'b')).not.toBe(documentIdOf(person, 'ab'))
})

test('[ID3] a client id is 53 bits of a hash of channel, person and writer', () => {
  const ref = { document, channel: 'content' } as const
  const digest = hashOf('meridian writer', document, 'content', person, writer)
  const expected = BigInt.asUintN(53, BigInt(`0x${digest.subarray(0, 7).toString('hex')}`))
  expect(clientIdOf(ref, person, writer)).toBe(Number(expected))
  let bits = 0n
  for (let run = 0; run < 500; run++) {
    const id = clientIdOf(ref, person, idOf<WriterId>(random.bytes(8)))
    expect(Number.isSafeInteger(id)).toBe(true)
    bits |= BigInt(id)
  }
  expect(bits).toBe(2n ** 53n - 1n)
})

test('[ID3] another channel, person or writer has another client id', () => {
  const ids = channels.flatMap((channel) =>
    [person, otherPerson].flatMap((of) =>
      [writer, idOf<WriterId>(random.bytes(8))].map((by) =>
        clientIdOf({ document, channel }, of, by)
      )
    )
  )
  expect(new Set(ids).size).toBe(ids.length)
})

test('[ID4] every id made from bytes is taken, and gives its bytes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const id = idOf<DocumentId>(bytes)
      expect(isDocumentId(id) && isPersonId(id)).toBe(true)
      expect(fromBase64Url(id)).toEqual(bytes)
      expect(isWriterId(idOf<WriterId>(bytes.subarray(8)))).toBe(true)
    })
  )
})

test.each([
  ['', null, undefined, 7, {}, []],
  ['short', document.slice(1), document + 'A', `${document}\n`, ` ${document}`],
  [`${document.slice(0, 21)}B`, `${document.slice(0, 21)}=`, `/${document.slice(1)}`]
])('[ID4] text that is not the exact form is not taken', (...texts) => {
  for (const text of texts) expect(isDocumentId(text) || isWriterId(text)).toBe(false)
})

test('[ID4] bytes of another length make no id', () => {
  for (const length of [0, 7, 9, 15, 17]) {
    expect(() => idOf(new Uint8Array(length))).toThrow(`not ${length}`)
  }
})

test('a channel key names its channel, and only a channel', () => {
  for (const channel of channels) {
    expect(channelRefOf(channelKey({ document, channel }))).toEqual({ document, channel })
  }
  for (const key of ['', document, `${document}/`, `${document}/text`, `${document}/content/x`]) {
    expect(() => channelRefOf(key)).toThrow('Not a channel key')
  }
})

test('base64url is read as it was written, and other text is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
    })
  )
  for (const text of ['A', 'AAAAA', 'AA==', 'A+AA', 'A/AA', 'A AA', '€AAA']) {
    expect(() => fromBase64Url(text)).toThrow('Not base64')
  }
})

function hashOf(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  return hash.digest()
}
