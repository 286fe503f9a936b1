// @vitest-environment jsdom
import fc from 'fast-check'
import { NodeSelection, TextSelection } from 'prosemirror-state'
import { yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { afterEach, describe, expect, it } from 'vitest'
import { schema } from '../../app/editor/schema'
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

/** Equal shared types, and views that show just what is in them, and that the schema allows. */
function expectEqual(...writers: readonly Writer[]): void {
  const [first] = writers
  for (const each of writers) {
    expect(each.body.toString()).toBe(first?.body.toString())
    const { doc } = each.editor.view.state
    expect(() => doc.check()).not.toThrow()
    expect(doc.toString()).toBe(yXmlFragmentToProseMirrorRootNode(each.body, schema).toString())
    expect(each.mended).toEqual([])
  }
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

describe('carets', () => {
  const show = (from: Writer, to: Writer) => {
    const update = encodeAwarenessUpdate(from.awareness, [from.doc.clientID])
    applyAwarenessUpdate(to.awareness, update, 'network')
  }
  const caret = ({ editor }: Writer) => editor.view.dom.querySelector<HTMLElement>('.remote-caret')
  /** The cursor plugin gathers awareness changes in a timer of its own. */
  const gathered = () => new Promise((resolve) => setTimeout(resolve, 0))

  it('show name and colour of the person', async () => {
    const [ada, bo] = [writer({ name: 'Ada' }), writer()]
    ada.type('abc')
    connect(ada, bo)
    ada.editor.view.focus()
    ada.select('ab|c')
    show(ada, bo)
    await gathered()
    expect(caret(bo)?.textContent).toContain('Ada')
    expect(caret(bo)?.style.getPropertyValue('--person')).toBe('var(--presence-3)')
    expect(caret(bo)?.getAttribute('aria-hidden')).toBe('true')
    expect(caret(bo)?.previousSibling?.textContent).toBe('ab')
  })

  it.each([
    { cursor: { anchor: null, head: 7 } },
    { cursor: { anchor: {}, head: {} } },
    { cursor: { anchor: { item: { client: 1, clock: 99 } }, head: { tname: 'elsewhere' } } },
    { cursor: { anchor: { type: { client: -1, clock: -1 } }, head: { tname: 'title' } } },
    { user: { name: {}, color: 'red' }, cursor: { anchor: { tname: 'body' }, head: {} } },
    { user: 'x', cursor: 'y' }
  ])('that make no sense cost nobody anything: %j', async (state) => {
    const bo = writer()
    const stranger = new Awareness(new Y.Doc())
    stranger.setLocalState(state)
    const update = encodeAwarenessUpdate(stranger, [stranger.clientID])
    applyAwarenessUpdate(bo.awareness, update, 'network')
    await gathered()
    bo.type('still writing')
    expect(bo.text()).toBe('paragraph("still writing")')
  })
})

describe('any edits of three people, in any order of delivery', () => {
  const action = fc.record({
    who: fc.nat(2),
    from: fc.nat(60),
    length: fc.nat(6),
    act: fc.constantFrom(
      'type',
      'emoji',
      'delete',
      'split',
      'bold',
      'code',
      'list',
      'task',
      'quote',
      'heading',
      'sink',
      'rule',
      'backspace'
    ),
    meet: fc.boolean()
  })

  function place({ editor: { view } }: Writer, from: number, length: number): void {
    const { doc, tr } = view.state
    const at = (position: number) => doc.resolve(Math.min(position, doc.content.size))
    view.dispatch(tr.setSelection(TextSelection.between(at(from), at(from + length))))
  }

  function perform(who: Writer, act: string): void {
    switch (act) {
      case 'type':
        return void who.type('ab')
      case 'emoji':
        return void who.type('😀')
      case 'delete':
        return who.editor.view.dispatch(who.editor.view.state.tr.deleteSelection())
      case 'split':
        return void who.press('Enter')
      case 'bold':
      case 'code':
      case 'quote':
      case 'rule':
        return void who.editor.run(act)
      case 'list':
        return void who.editor.run('bullet-list')
      case 'task':
        return void who.editor.run('task-list')
      case 'heading':
        return void who.editor.run('heading-2')
      case 'sink':
        return void who.press('Tab')
      default:
        return void who.press('Backspace')
    }
  }

  it('end in equal documents that the schema allows', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 25 }), (actions) => {
        const people = [writer(), writer(), writer()]
        const network = connect(...people)
        network.hold()
        for (const { who, from, length, act, meet } of actions) {
          const person = people[who] as Writer
          place(person, from, length)
          perform(person, act)
          if (!meet) continue
          network.release()
          network.hold()
        }
        network.release()
        network.release()
        expectEqual(...people)
        clearDesks()
      }),
      { numRuns: 40 }
    )
  })
})
