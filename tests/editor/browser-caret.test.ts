// @vitest-environment jsdom
// A caret that the browser has moved and not told of yet: `selectionchange` comes in a later task.
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { afterEach, describe, expect, it } from 'vitest'
import { clearDesks, connect, writer, type Writer } from './test-bed'

// There is no layout here; what asks where the caret is on the screen is told: in the corner.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList
Range.prototype.getBoundingClientRect = () => new DOMRect()

afterEach(clearDesks)

/** Both with two paragraphs; the caret of the first, as its state has it, at the end of `one`. */
function twoWriters(): [Writer, Writer] {
  const [ada, bo] = [writer({ name: 'Ada' }), writer({ name: 'Bo' })]
  ada.type('one').press('Enter').type('two')
  connect(ada, bo)
  ada.editor.view.focus()
  ada.select('one|')
  return [ada, bo]
}

/** What the browser does on its own at a key like End, before it tells of it. */
function moveBrowserCaret({ editor: { view } }: Writer, position: number): void {
  const { node, offset } = view.domAtPos(position)
  document.getSelection()?.collapse(node, offset)
}

const endOfTwo = 9

describe('a caret that the browser has moved', () => {
  it('stays where others write meanwhile', () => {
    const [ada, bo] = twoWriters()
    moveBrowserCaret(ada, endOfTwo)
    bo.select('on|e').type('-')
    ada.type('!')
    expect(ada.text()).toBe('paragraph("on-e"), paragraph("two!")')
  })

  it('stays where others move their carets meanwhile', async () => {
    const [ada] = twoWriters()
    const stranger = new Awareness(new Y.Doc())
    stranger.setLocalState({
      user: { name: 'Cy', color: 1 },
      cursor: ada.awareness.getLocalState()?.['cursor']
    })
    applyAwarenessUpdate(
      ada.awareness,
      encodeAwarenessUpdate(stranger, [stranger.clientID]),
      'network'
    )
    // The cursor plugin gathers awareness changes in a timer, which was set before this one.
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0)
      moveBrowserCaret(ada, endOfTwo)
    })
    expect(ada.editor.view.dom.querySelector('.remote-caret')).not.toBeNull()
    ada.type('!')
    expect(ada.text()).toBe('paragraph("one"), paragraph("two!")')
  })

  it('is where the next key acts', () => {
    const [ada] = twoWriters()
    moveBrowserCaret(ada, endOfTwo)
    const enter = new KeyboardEvent('keydown', {
      key: 'Enter',
      keyCode: 13,
      bubbles: true,
      cancelable: true
    })
    ada.editor.view.dom.dispatchEvent(enter)
    expect(ada.text()).toBe('paragraph("one"), paragraph("two"), paragraph')
  })
})
