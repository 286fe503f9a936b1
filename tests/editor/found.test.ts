// @vitest-environment jsdom
// What seeded sessions found, each told as short as it goes.
import { TextSelection } from 'prosemirror-state'
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

  /** The next transaction of the writer's own does not begin. */
  function breakWriting({ doc }: Writer): void {
    const { transact } = doc
    doc.transact = () => {
      doc.transact = transact
      throw new Error('Broken once')
    }
  }

  it('is written by itself, without another key', async () => {
    const [ada, bo] = two()
    breakWriting(ada)
    expect(() => ada.type('!')).toThrow('Broken once')
    await Promise.resolve()
    expect(bo.text()).toBe('paragraph("!")')
    expect(ada.mended.splice(0)).toHaveLength(1)
    expectEqual(ada, bo)
  })

  it('is not written over what others wrote before its second try', async () => {
    const [ada, bo] = two()
    ada.type('one')
    breakWriting(ada)
    expect(() => ada.type('!')).toThrow('Broken once')
    bo.select('|one').type('bo ')
    await Promise.resolve()
    expect(bo.text()).toContain('bo one')
    expect(ada.mended.splice(0)).toHaveLength(1)
    expectEqual(ada, bo)
  })
})

describe('a change of others that throws on its way to the eyes', () => {
  it('still has what its writer had not seen put back', () => {
    const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
    const network = connect(ada, bo)
    network.hold()
    bo.editor.run('quote')
    ada.type('words')
    const unwatch = ada.editor.watch(() => {
      unwatch()
      throw new Error('Broken once')
    })
    network.release()
    expect(ada.mended.splice(0)).toHaveLength(1)
    expect(bo.text()).toBe('blockquote(paragraph("words"))')
    expectEqual(ada, bo)
  })

  it('deletes what its writer had seen, where the caret before it could not be read', () => {
    const [ada, bo] = two()
    ada.type('one two')
    const observed = ada.editor.view as unknown as { domObserver: { flush(): void } }
    observed.domObserver.flush = () => {
      Reflect.deleteProperty(observed.domObserver, 'flush')
      throw new Error('Broken once')
    }
    const { view } = bo.editor
    view.dispatch(view.state.tr.delete(4, 8))
    expect(ada.mended.splice(0)).toHaveLength(1)
    expect(ada.text()).toBe('paragraph("one")')
    expectEqual(ada, bo)
  })
})

describe('a caret in an item that is only shown, of a list without any', () => {
  it('stays there where others write, and nothing has to be mended', () => {
    const [ada, bo] = two()
    ada.type('a').press('Enter').type('c')
    bo.body.insert(1, [new Y.XmlElement('bullet_list')])
    const shown = 'paragraph("a"), bullet_list(list_item(paragraph)), paragraph("c")'
    expect(ada.text()).toBe(shown)
    const { view } = ada.editor
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 6)))
    bo.select('a|').type('b')
    expect(ada.mended).toEqual([])
    expect(view.state.selection.$head.node(1).type.name).toBe('bullet_list')
    expectEqual(ada, bo)
  })
})
