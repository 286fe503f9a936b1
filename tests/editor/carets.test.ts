// @vitest-environment jsdom
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { afterEach, describe, expect, it } from 'vitest'
import { clearDesks, connect, writer, type Writer } from './test-bed'

afterEach(clearDesks)

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
