// The places of the app as URLs, and back.
import { describe, expect, test } from 'vitest'
import { pathOf, routeOf, type Route } from '../../app/shell/route'
import { documentIdOf, idOf, toBase64Url, type PersonId } from '../../sync-api/protocol/ids'

const person = idOf<PersonId>(new Uint8Array(16).fill(1))
const document = documentIdOf(person, 'a')
const link = toBase64Url(new Uint8Array(8).fill(2))
const secret = toBase64Url(new Uint8Array(16).fill(3))
const at = (address: string): Route => routeOf(new URL(address, 'https://write.example.org'))

describe('an address', () => {
  test('names the library at the root, and asks for a new document by its action', () => {
    expect(at('/')).toEqual({ kind: 'library', create: false })
    expect(at('/?action=new')).toEqual({ kind: 'library', create: true })
    expect(at('/?action=old')).toEqual({ kind: 'library', create: false })
  })

  test('names the bin and the settings, with or without a last slash', () => {
    expect(at('/bin')).toEqual({ kind: 'bin' })
    expect(at('/settings/')).toEqual({ kind: 'settings' })
  })

  test('names a document by its id alone', () => {
    expect(at(`/d/${document}`)).toEqual({ kind: 'document', document, key: null })
  })

  test('carries the key of a sharing link in its fragment', () => {
    expect(at(`/d/${document}#k=${link}.${secret}`)).toEqual({
      kind: 'document',
      document,
      key: { link, secret }
    })
  })

  test.each([
    '#k=',
    `#k=${link}`,
    `#k=${link}.`,
    `#k=.${secret}`,
    `#k=nonsense.${secret}`,
    '#text'
  ])('opens the document without a key when the fragment is %s', (fragment) => {
    expect(at(`/d/${document}${fragment}`)).toEqual({ kind: 'document', document, key: null })
  })

  test.each(['/d', '/d/short', `/d/${document}/more`, '/settings/more', '/elsewhere'])(
    'without a screen of the app is unknown: %s',
    (address) => {
      expect(at(address)).toEqual({ kind: 'unknown' })
    }
  )
})

test('every place has a path that leads back to it, and a path never shows a key', () => {
  const key = at(`/d/${document}#k=${link}.${secret}`)
  expect(key.kind === 'document' && pathOf(key)).toBe(`/d/${document}`)
  for (const address of ['/', '/bin', '/settings', `/d/${document}`]) {
    const route = at(address)
    expect(route.kind !== 'unknown' && pathOf(route)).toBe(address)
  }
})
