// @vitest-environment jsdom
import fc from 'fast-check'
import { TextSelection } from 'prosemirror-state'
import { afterEach, describe, it } from 'vitest'
import { expectEqual } from './equality'
import { clearDesks, connect, writer, type Writer } from './test-bed'

afterEach(clearDesks)

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
