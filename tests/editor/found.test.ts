// @vitest-environment jsdom
// What seeded sessions found, each told as short as it goes.
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { expectEqual } from './equality'
import { layNothingOut } from './fuzz/layout'
import { clearDesks, connect, writer, type Writer } from './test-bed'

beforeAll(layNothingOut)
afterEach(clearDesks)

function two(): readonly [Writer, Writer] {
  const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
  connect(ada, bo)
  return [ada, bo]
}

describe('a character of two units', () => {
  it('is not cut by something that is dropped into it', () => {
    const [ada, bo] = two()
    ada.type('a😀b')
    const { view } = ada.editor
    view.dispatch(view.state.tr.insertText('x', 3))
    expect(ada.text()).toBe('paragraph("a😀b")')
    view.dispatch(view.state.tr.delete(2, 3))
    expectEqual(ada, bo)
    expect(bo.text()).toBe('paragraph("a😀b")')
  })

  it('may become another with which it shares a half', () => {
    const [ada, bo] = two()
    ada.type('a😀b')
    const { view } = ada.editor
    view.dispatch(view.state.tr.insertText('😁', 2, 4))
    expect(bo.text()).toBe('paragraph("a😁b")')
    expectEqual(ada, bo)
  })

  it('stays whole where what another had not seen is put back beside it', () => {
    const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
    ada.type('😀😁')
    const network = connect(ada, bo)
    network.hold()
    ada.editor.run('quote')
    ada.select('😀|😁|').press('Backspace').type('😂')
    bo.select('😀|😁').type('x')
    network.release()
    expect(bo.body.toString()).not.toMatch(/\ufffd/)
    expectEqual(ada, bo)
  })
})

describe('a line break', () => {
  it('has no marks, as nobody else would see them', () => {
    const [ada, bo] = two()
    ada.type('one').press('Shift-Enter').type('two')
    const { view } = ada.editor
    view.dispatch(view.state.tr.addMark(1, 8, view.state.schema.marks['bold']!.create()))
    expect(ada.text()).toBe('paragraph(bold("one"), hard_break, bold("two"))')
    expectEqual(ada, bo)
  })
})

describe('texts that two begin in one empty block', () => {
  it('are one text, and what both then write is in it once', () => {
    const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
    const network = connect(ada, bo)
    network.hold()
    ada.type('one')
    bo.type('two')
    network.release()
    expect((ada.body.get(0) as Y.XmlElement).length).toBe(1)
    network.hold()
    ada.type('x')
    bo.type('y')
    network.release()
    expectEqual(ada, bo)
    const text = ada.editor.view.state.doc.textContent
    for (const letter of 'onetwoxy') expect(text).toContain(letter)
    expect(text).toHaveLength('onetwoxy'.length)
  })
})

describe('a key that could not be written', () => {
  it('is written by a second try, and what was written meanwhile stays', async () => {
    const [ada, bo] = two()
    ada.type('one')
    const { transact } = ada.doc
    const broken = new Error('Broken once')
    ada.doc.transact = () => {
      ada.doc.transact = transact
      throw broken
    }
    try {
      ada.type('!')
    } catch (cause) {
      expect(cause).toBe(broken)
    }
    await Promise.resolve()
    ada.type('?')
    bo.select('|one').type('bo ')
    await Promise.resolve()
    expect(bo.text()).toContain('bo one!?')
    expect(ada.text()).toBe(bo.text())
  })
})
