// @vitest-environment jsdom
import { NodeSelection } from 'prosemirror-state'
import * as Y from 'yjs'
import { afterEach, describe, expect, it } from 'vitest'
import { expectEqual } from './equality'
import { clearDesks, connect, writer, type Writer } from './test-bed'

afterEach(clearDesks)

/** Two writers with the same text, who then write without hearing from each other. */
function apart(text: (ada: Writer) => void): { ada: Writer; bo: Writer; meet: () => void } {
  const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
  text(ada)
  const network = connect(ada, bo)
  network.hold()
  const meet = () => {
    network.release()
    expectEqual(ada, bo)
  }
  return { ada, bo, meet }
}

describe('two people at once', () => {
  it('write in the same paragraph', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('The tide'))
    ada.select('|The tide').type('See: ')
    bo.select('The tide|').type(' turns')
    meet()
    expect(ada.text()).toBe('paragraph("See: The tide turns")')
  })

  it('make a word bold and insert into it', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('The tide turns'))
    ada.select('The |tide| turns').editor.run('bold')
    bo.select('The ti|de turns').type('xx')
    meet()
    expect(ada.text()).toBe('paragraph("The ", bold("tixxde"), " turns")')
  })

  it('mark the same words in two ways, code and bold among them', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('tide'))
    ada.select('|tide|').editor.run('code')
    bo.select('|tide|').editor.run('bold')
    meet()
    expect(ada.text()).toBe('paragraph(bold(code("tide")))')
  })

  it('make a list of a paragraph and split another', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('one').press('Enter').type('two three'))
    ada.select('|one').editor.run('bullet-list')
    bo.select('two| three').press('Enter')
    meet()
    expect(ada.text()).toBe(
      'bullet_list(list_item(paragraph("one"))), paragraph("two"), paragraph(" three")'
    )
  })

  it('make a list of a paragraph that the other splits, and lose none of its words', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('one two'))
    ada.editor.run('task-list')
    bo.select('one| two').press('Enter')
    meet()
    for (const word of ['one', 'two']) expect(ada.text()).toContain(word)
  })

  it('empty a quote from both ends', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('> a').press('Enter').type('b'))
    ada.select('|a').editor.run('quote')
    bo.select('|b').editor.run('quote')
    meet()
  })

  it('lift an item that the other adds a nested list to', () => {
    const { ada, bo, meet } = apart((ada) =>
      ada.type('- a').press('Enter').type('b').press('Enter').type('c')
    )
    ada.select('|b').press('Shift-Tab')
    bo.select('|c').press('Tab')
    meet()
    for (const word of ['a', 'b', 'c']) expect(ada.text()).toContain(`"${word}"`)
  })

  it('write characters of two units without cutting one', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('😀😁😂'))
    ada.select('😀|😁😂').type('👩‍👩‍👧')
    bo.select('|😀|😁😂').press('Backspace').type('🙂')
    meet()
    expect(ada.body.toString()).not.toMatch(/\ufffd/)
  })
})

describe('undo', () => {
  it('takes back what this person did and nothing of another', () => {
    const [ada, bo] = [writer(), writer()]
    connect(ada, bo)
    ada.type('mine ')
    bo.select('mine |').type('yours')
    ada.press('Mod-z')
    expect(ada.text()).toBe('paragraph("yours")')
    expect(bo.text()).toBe('paragraph("yours")')
    ada.press('Mod-Shift-z')
    expect(bo.text()).toBe('paragraph("mine yours")')
    expectEqual(ada, bo)
  })

  it('leaves a block that others have written in', () => {
    const [ada, bo] = [writer(), writer()]
    connect(ada, bo)
    ada.type('a').press('Mod-Alt-1')
    bo.select('a|').type(' and more')
    ada.press('Mod-z')
    expect(ada.text()).toContain(' and more')
    expectEqual(ada, bo)
  })

  it('stays the manager of its owner when the editor stops, and serves the next editor', () => {
    const doc = new Y.Doc()
    const first = writer({ doc })
    first.type('a')
    first.editor.stop()
    expect(first.undo.canUndo()).toBe(true)
    first.undo.undo()
    expect(first.body.toString()).toBe('<paragraph></paragraph>')
  })
})

describe('an exception in the binding', () => {
  it('does not happen where another person deletes the selected rule', () => {
    const [ada, bo] = [writer(), writer()]
    ada.type('a').press('Enter').type('---').type('b')
    connect(ada, bo)
    const { view } = ada.editor
    view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, 3)))
    const { view: other } = bo.editor
    other.dispatch(other.state.tr.delete(3, 4))
    bo.select('b|').type(' and much more')
    ada.type('x')
    expect(bo.text()).toContain('b and much more')
    expectEqual(ada, bo)
  })

  it('keeps the rule selected where another person writes elsewhere', () => {
    const [ada, bo] = [writer(), writer()]
    ada.type('a').press('Enter').type('---').type('b')
    connect(ada, bo)
    const { view } = ada.editor
    view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, 3)))
    bo.select('a|').type('bc')
    expect(view.state.selection).toBeInstanceOf(NodeSelection)
    expect(view.state.selection.from).toBe(5)
  })

  it('is told of and mended, and the next key takes nothing back', () => {
    const [ada, bo] = [writer(), writer()]
    connect(ada, bo)
    const broken = new Error('A watcher broke')
    const unwatch = ada.editor.watch(() => {
      unwatch()
      throw broken
    })
    bo.type('written meanwhile')
    expect(ada.mended).toEqual([broken])
    ada.type('x')
    expect(bo.text()).toContain('written meanwhile')
    expect(ada.text()).toBe(bo.text())
  })
})
