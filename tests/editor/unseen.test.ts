// @vitest-environment jsdom
// One writes into what another, who has not seen it yet, wraps, turns into something else or deletes.
import fc from 'fast-check'
import { Selection } from 'prosemirror-state'
import { afterEach, describe, expect, it } from 'vitest'
import { expectEqual } from './equality'
import { clearDesks, connect, writer, type Writer } from './test-bed'

afterEach(clearDesks)

/** Two people with the same text, made by `write`, who do not hear each other until `meet`. */
function apart(write: (ada: Writer) => unknown): { ada: Writer; bo: Writer; meet: () => void } {
  const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
  write(ada)
  const network = connect(ada, bo)
  network.hold()
  return {
    ada,
    bo,
    meet() {
      network.release()
      expectEqual(ada, bo)
    }
  }
}

const oneTwo = (ada: Writer) => ada.type('one').press('Enter').type('two')

describe('words written into a paragraph that becomes', () => {
  it.each([
    ['bullet-list', 'bullet_list(list_item(paragraph("one more"))), paragraph("two")'],
    ['task-list', 'task_list(task_item(paragraph("one more"))), paragraph("two")'],
    ['quote', 'blockquote(paragraph("one more")), paragraph("two")'],
    ['heading-2', 'heading("one more"), paragraph("two")']
  ] as const)('%s stand in it', (command, expected) => {
    const { ada, bo, meet } = apart(oneTwo)
    ada.select('one|').editor.run(command)
    bo.select('one|').type(' more')
    meet()
    expect(ada.text()).toBe(expected)
    bo.type('!')
    expect(bo.text()).toContain('"one more!"')
  })

  it('part of another by Backspace stand in it', () => {
    const { ada, bo, meet } = apart(oneTwo)
    ada.select('|two').press('Backspace')
    bo.select('tw|o').type('-')
    meet()
    expect(ada.text()).toBe('paragraph("onetw-o")')
  })

  it('a list again, by one who lifts it out of one', () => {
    const { ada, bo, meet } = apart((ada) => {
      oneTwo(ada)
      ada.select('o|ne').editor.run('bullet-list')
    })
    ada.editor.run('bullet-list')
    bo.select('on|e').type('i')
    meet()
    expect(ada.text()).toBe('paragraph("onie"), paragraph("two")')
  })
})

describe('what is written where another takes the place away', () => {
  it('stays alone of a paragraph that another deletes', () => {
    const { ada, bo, meet } = apart((ada) => oneTwo(ada).press('Enter').type('three'))
    ada.editor.view.dispatch(ada.editor.view.state.tr.delete(5, 10))
    bo.select('two|').type(' more')
    meet()
    expect(ada.text()).toBe('paragraph("one"), paragraph(" more"), paragraph("three")')
  })

  it('a new item stays when the list becomes one of another kind', () => {
    const { ada, bo, meet } = apart((ada) => void ada.type('one').editor.run('bullet-list'))
    ada.editor.run('ordered-list')
    bo.select('one|').press('Enter').type('two')
    meet()
    expect(ada.text()).toContain('"two"')
    bo.type('!')
    expect(bo.text()).toContain('"two!"')
  })

  it('a new item stays when the list is taken away with the one before it', () => {
    const { ada, bo, meet } = apart((ada) => ada.type('one').editor.run('bullet-list'))
    ada.select('one|').editor.run('bullet-list')
    bo.select('one|').press('Enter').type('two')
    meet()
    expect(ada.text()).toBe('paragraph("one"), bullet_list(list_item(paragraph("two")))')
    bo.type('!')
    expect(bo.text()).toContain('"two!"')
  })

  it('words in a new, empty item stay when it is moved', () => {
    const { ada, bo, meet } = apart((ada) => {
      ada.type('one').editor.run('bullet-list')
      ada.press('Enter')
    })
    ada.select('one|').editor.run('bullet-list')
    const { state } = bo.editor.view
    bo.editor.view.dispatch(state.tr.setSelection(Selection.atEnd(state.doc)))
    bo.type('two')
    meet()
    expect(ada.text()).toBe('paragraph("one"), bullet_list(list_item(paragraph("two")))')
    bo.type('!')
    expect(bo.text()).toContain('"two!"')
  })
})

describe('a caret', () => {
  it('stays in its text when another wraps it', () => {
    const { ada, bo, meet } = apart(oneTwo)
    ada.select('one|').editor.run('bullet-list')
    bo.select('on|e')
    meet()
    bo.type('-')
    expect(bo.text()).toBe('bullet_list(list_item(paragraph("on-e"))), paragraph("two")')
  })

  it('and a selection of what another wraps still select the same', () => {
    const { ada, bo, meet } = apart(oneTwo)
    ada.select('one|').editor.run('quote')
    bo.select('o|n|e')
    meet()
    bo.editor.run('bold')
    expect(bo.text()).toBe('blockquote(paragraph("o", bold("n"), "e")), paragraph("two")')
  })
})

describe('what was seen', () => {
  it('is deleted with its paragraph, and does not come back', () => {
    const { ada, bo, meet } = apart(oneTwo)
    const { view } = ada.editor
    view.dispatch(view.state.tr.delete(0, 5))
    meet()
    expect(bo.text()).toBe('paragraph("two")')
  })
})

describe('any edits of two people apart', () => {
  const kinds = [
    ...['type', 'type', 'split', 'join', 'delete'],
    ...['bullet-list', 'ordered-list', 'task-list', 'quote', 'heading-2']
  ] as const
  const acts = fc.array(fc.record({ at: fc.nat(40), kind: fc.constantFrom(...kinds) }), {
    minLength: 1,
    maxLength: 6
  })

  /** No two share a letter: of equal letters side by side nobody can say whose is whose. */
  function wordOf(person: number, index: number): string {
    const first = (person === 0 ? 0x3b1 : 0x430) + 3 * index
    return String.fromCharCode(first, first + 1, first + 2)
  }

  function perform(who: Writer, kind: (typeof kinds)[number], at: number, word: string): void {
    const { view } = who.editor
    const { doc, tr } = view.state
    const $at = doc.resolve(Math.min(at, doc.content.size))
    view.dispatch(tr.setSelection(Selection.near($at)))
    const { $head } = view.state.selection
    if (kind === 'type') who.type(word)
    else if (kind === 'split') who.press('Enter')
    else if (kind === 'delete') view.dispatch(view.state.tr.delete($head.start(), $head.end()))
    else if (kind === 'join') {
      view.dispatch(view.state.tr.setSelection(Selection.near(doc.resolve($head.start()))))
      who.press('Backspace')
    } else who.editor.run(kind)
  }

  it('lose no word that nobody deleted who had seen it', () => {
    fc.assert(
      fc.property(acts, acts, (ofAda, ofBo) => {
        const { ada, bo, meet } = apart((ada) => oneTwo(ada).press('Enter').type('three'))
        const words = [ofAda, ofBo].flatMap((all, person) => {
          const who = person === 0 ? ada : bo
          const typed = all.map(({ at, kind }, index) => {
            const word = wordOf(person, index)
            perform(who, kind, at, word)
            return word
          })
          return typed.filter((word) => who.text().includes(word))
        })
        meet()
        for (const word of words) expect(ada.text()).toContain(word)
        expect([...ada.mended, ...bo.mended]).toEqual([])
        clearDesks()
      }),
      { numRuns: 300 }
    )
  })
})
