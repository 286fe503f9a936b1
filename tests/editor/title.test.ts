// @vitest-environment jsdom
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { bindTitle, mapOffset } from '../../app/editor/title'

afterEach(() => document.body.replaceChildren())

function titled(doc = new Y.Doc()) {
  const field = document.body.appendChild(document.createElement('input'))
  const text = doc.getText('title')
  const stop = bindTitle({ field, text })
  return {
    doc,
    field,
    text,
    stop,
    /** What a browser does when the field's value changes under the caret. */
    write(value: string, caret = value.length) {
      field.focus()
      field.value = value
      field.setSelectionRange(caret, caret)
      field.dispatchEvent(new Event('input'))
    }
  }
}

const network = Symbol('network')

function connected() {
  const [a, b] = [titled(), titled()]
  a.doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== network) Y.applyUpdate(b.doc, update, network)
  })
  b.doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== network) Y.applyUpdate(a.doc, update, network)
  })
  return [a, b] as const
}

const words = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', 'é', '😀', '👩‍👩‍👧', '𝄞'),
  maxLength: 12
})

describe('a title', () => {
  it('becomes what is written, for every pair of texts', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 6 }), fc.nat(20), (values, caret) => {
        const [a, b] = connected()
        for (const value of values) {
          a.write(value, Math.min(caret, value.length))
          expect(a.text.toString()).toBe(value)
          expect(b.field.value).toBe(value)
        }
        a.stop()
        b.stop()
      }),
      { numRuns: 200 }
    )
  })

  it('never cuts a character in two, so that encoded and decoded texts are equal', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (values) => {
        const a = titled()
        const seen = new Y.Doc()
        a.doc.on('update', (update: Uint8Array) => Y.applyUpdate(seen, update))
        for (const value of values) a.write(value)
        expect(seen.getText('title').toString()).toBe(a.text.toString())
        expect(a.text.toString()).not.toMatch(/\p{Surrogate}|\ufffd/u)
        a.stop()
      }),
      { numRuns: 200 }
    )
  })

  it('writes only the difference, so that two people can edit it at once', () => {
    const [a, b] = connected()
    a.write('The tide tables')
    const before = Y.encodeStateAsUpdate(a.doc)
    const [c, d] = [titled(), titled()]
    for (const peer of [c, d]) Y.applyUpdate(peer.doc, before, network)
    c.write('The old tide tables')
    d.write('The tide tables of 1842')
    Y.applyUpdate(c.doc, Y.encodeStateAsUpdate(d.doc), network)
    Y.applyUpdate(d.doc, Y.encodeStateAsUpdate(c.doc), network)
    expect(c.field.value).toBe('The old tide tables of 1842')
    expect(d.field.value).toBe(c.field.value)
    expect(b.field.value).toBe('The tide tables')
  })

  it('keeps the caret among the same letters when others type before it', () => {
    const [a, b] = connected()
    a.write('tide tables')
    b.field.focus()
    b.field.setSelectionRange(4, 4)
    const { text } = a
    text.insert(0, 'The ')
    expect(b.field.value).toBe('The tide tables')
    expect(b.field.selectionStart).toBe(8)
    text.delete(0, 6)
    expect(b.field.selectionStart).toBe(2)
  })

  it('leaves the field alone while an input method composes, and merges afterwards', () => {
    const [a, b] = connected()
    a.write('ab')
    b.field.focus()
    b.field.dispatchEvent(new Event('compositionstart'))
    b.field.value = 'abか'
    b.field.setSelectionRange(3, 3)
    b.field.dispatchEvent(new Event('input'))
    a.text.insert(0, 'X')
    expect(b.field.value).toBe('abか')
    b.field.value = 'ab漢'
    b.field.dispatchEvent(new Event('compositionend'))
    expect(b.field.value).toBe('Xab漢')
    expect(a.field.value).toBe('Xab漢')
    expect(b.field.selectionStart).toBe(4)
  })

  it('has no line breaks', () => {
    const field = document.body.appendChild(document.createElement('textarea'))
    const text = new Y.Doc().getText('title')
    bindTitle({ field, text })
    field.value = 'one\ntwo'
    field.dispatchEvent(new Event('input'))
    expect(text.toString()).toBe('one two')
    expect(field.value).toBe('one two')
  })

  it('undoes what was written here and nothing of others', () => {
    const [a, b] = connected()
    a.write('mine')
    b.write('mine, yours')
    a.field.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true }))
    expect(b.field.value).toBe(', yours')
    a.field.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, shiftKey: true }))
    expect(b.field.value).toBe('mine, yours')
  })

  it('is no longer bound after its stop', () => {
    const a = titled()
    a.stop()
    a.write('later')
    expect(a.text.toString()).toBe('')
  })
})

describe('an offset', () => {
  it('moves with what is inserted and removed before it', () => {
    expect(mapOffset([{ insert: 'abc' }], 2, 'before')).toBe(5)
    expect(mapOffset([{ retain: 2 }, { insert: 'abc' }], 2, 'before')).toBe(2)
    expect(mapOffset([{ retain: 2 }, { insert: 'abc' }], 2, 'after')).toBe(5)
    expect(mapOffset([{ retain: 1 }, { delete: 3 }], 2, 'before')).toBe(1)
    expect(mapOffset([{ retain: 4 }, { delete: 3 }], 2, 'before')).toBe(2)
  })
})
