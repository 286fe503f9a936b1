// @vitest-environment jsdom
// What a newer release wrote, or two edits left that the schema has no place for, survives this release.
import * as Y from 'yjs'
import { NodeSelection } from 'prosemirror-state'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectEqual } from './equality'
import { layNothingOut } from './fuzz/layout'
import { clearDesks, connect, network, writer, type Writer } from './test-bed'

beforeAll(layNothingOut)
afterEach(clearDesks)

const texts = (text: string, formats: Record<string, object> = {}) => {
  const type = new Y.XmlText()
  type.insert(0, text, formats)
  return type
}

function element(
  name: string,
  attributes: Record<string, unknown>,
  ...children: (Y.XmlElement | Y.XmlText)[]
) {
  const type = new Y.XmlElement(name)
  for (const [key, value] of Object.entries(attributes)) type.setAttribute(key, value as string)
  type.insert(0, children)
  return type
}

/** What another program writes into the body, as this one receives it. */
function written(change: (body: Y.XmlFragment) => void): Uint8Array {
  const desk = writer({ name: 'Newer' })
  const before = Y.encodeStateVector(desk.doc)
  desk.editor.stop()
  change(desk.body)
  return Y.encodeStateAsUpdate(desk.doc, before)
}

const callout = () =>
  element(
    'callout',
    { tone: 'warning', icon: { name: 'sun', sizes: [1, 2] } },
    element(
      'paragraph',
      {},
      texts('Mind the ', { 'comment--AbCd1234': { id: 7 } }),
      element('mention', { of: 'Bo' })
    ),
    element('paragraph', {}, texts('tide'))
  )

/** Opens what another wrote: what this one sends, and a writer who shows it. */
function open(change: (body: Y.XmlFragment) => void): {
  reader: Writer
  sent: Uint8Array[]
  before: string
} {
  const reader = writer()
  const sent: Uint8Array[] = []
  reader.doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== network) sent.push(update)
  })
  reader.receive(written(change))
  return { reader, sent, before: reader.body.toString() }
}

const json = (body: Y.XmlFragment): unknown =>
  body.toArray().map(function read(type): unknown {
    if (type instanceof Y.XmlText) return type.toDelta()
    if (!(type instanceof Y.XmlElement)) return null
    return [type.nodeName, type.getAttributes(), type.toArray().map(read)]
  })

/** What can be opened and must not be written by it. */
const strange: readonly (readonly [
  name: string,
  change: (body: Y.XmlFragment) => void,
  words: string
])[] = [
  ['a block of a newer release', (body) => body.insert(1, [callout()]), 'tide'],
  [
    'a mark of a newer release',
    (body) => body.insert(1, [element('paragraph', {}, texts('noted', { comment: { id: 1 } }))]),
    'noted'
  ],
  [
    'an inline node of a newer release',
    (body) =>
      body.insert(1, [element('paragraph', {}, texts('to '), element('mention', { of: 'Bo' }))]),
    'to '
  ],
  [
    'an attribute of a newer release',
    (body) => body.insert(1, [element('heading', { level: 2, anchor: 'top' }, texts('Top'))]),
    'Top'
  ],
  [
    'something embedded in a text',
    (body) => {
      const text = texts('before after')
      text.insertEmbed(7, { image: 'a.png' })
      body.insert(1, [element('paragraph', {}, text)])
    },
    'after'
  ],
  [
    'a paragraph that holds a heading',
    (body) =>
      body.insert(1, [element('paragraph', {}, element('heading', { level: 1 }, texts('in')))]),
    'in'
  ],
  ['an empty quote', (body) => body.insert(1, [element('blockquote', {})]), ''],
  ['a list of nothing', (body) => body.insert(1, [element('bullet_list', {})]), ''],
  [
    'a list that holds a paragraph',
    (body) => body.insert(1, [element('bullet_list', {}, element('paragraph', {}, texts('item')))]),
    'item'
  ],
  [
    'code with marks',
    (body) => body.insert(1, [element('code_block', {}, texts('code', { bold: {} }))]),
    'code'
  ],
  ['a text that stands in no block', (body) => body.insert(1, [texts('bare') as never]), 'bare'],
  [
    'an item without a list',
    (body) => body.insert(1, [element('list_item', {}, element('paragraph', {}, texts('alone')))]),
    'alone'
  ],
  [
    'a block with the name of what is kept',
    (body) => body.insert(1, [element('kept_block', { kept: 1 }, texts('own'))]),
    'own'
  ]
]

describe.each(strange)('%s', (_, change, words) => {
  it('is shown, and nothing is written by opening it or by moving the caret', async () => {
    const { reader, sent, before } = open(change)
    const { view } = reader.editor
    expect(() => view.state.doc.check()).not.toThrow()
    expect(view.state.doc.textBetween(0, view.state.doc.content.size, '\n')).toContain(words)
    reader.editor.focus('end')
    await Promise.resolve()
    expect(sent).toEqual([])
    expect(reader.body.toString()).toBe(before)
    expect(reader.mended).toEqual([])
  })

  it('is as it was after this release has written above and below it', () => {
    const { reader } = open((body) => {
      change(body)
      body.insert(2, [element('paragraph', {}, texts('below'))])
    })
    const before = json(reader.body) as unknown[]
    reader.editor.focus('start')
    reader.type('above')
    reader.select('below|').type('!')
    const after = json(reader.body) as unknown[]
    // What was empty has a paragraph in the view, and now that it was written in also in the document.
    if (words !== '') expect(after[1]).toEqual(before[1])
    expect(reader.body.toString()).toContain('above')
    expect(reader.body.toString()).toContain('below!')
    expectEqual(reader)
  })
})

describe('a block of a newer release', () => {
  function opened() {
    const { reader } = open((body) => body.insert(1, [callout()]))
    const at = reader.editor.view.state.doc.firstChild!.nodeSize
    const { state } = reader.editor.view
    reader.editor.view.dispatch(state.tr.setSelection(NodeSelection.create(state.doc, at)))
    return { reader, kept: () => (json(reader.body) as unknown[]).at(-1) }
  }

  it('is the same when it is deleted and that is undone', () => {
    const { reader, kept } = opened()
    const before = kept()
    reader.press('Backspace')
    expect(reader.body.toString()).not.toContain('callout')
    reader.press('Mod-z')
    expect(kept()).toEqual(before)
    expectEqual(reader)
  })

  it('is the same when it is moved into a quote', () => {
    const { reader, kept } = opened()
    const before = kept()
    reader.editor.run('quote')
    expect(kept()).toEqual(['blockquote', {}, [before]])
    expectEqual(reader)
  })

  it('is changed by a newer release while it is shown', () => {
    const { reader } = opened()
    const other = new Y.Doc()
    Y.applyUpdate(other, Y.encodeStateAsUpdate(reader.doc))
    const before = Y.encodeStateVector(other)
    const block = other.getXmlFragment('body').get(1) as Y.XmlElement
    ;((block.get(1) as Y.XmlElement).get(0) as Y.XmlText).insert(4, ' turns')
    reader.receive(Y.encodeStateAsUpdate(other, before))
    expect(reader.editor.view.dom.textContent).toContain('tide turns')
    expectEqual(reader)
  })

  it('is a place where the caret of somebody who writes in it can be shown', () => {
    const { reader } = opened()
    const text = ((reader.body.get(1) as Y.XmlElement).get(1) as Y.XmlElement).get(0) as Y.XmlText
    const end = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, 2))
    const state = { user: { name: 'Bo', color: 1 }, cursor: { anchor: end, head: end } }
    reader.awareness.states.set(77, state)
    reader.receive(written((body) => body.insert(0, [element('paragraph', {}, texts('new'))])))
    expect(reader.editor.view.dom.querySelector('.remote-caret')).not.toBeNull()
    expect(reader.mended).toEqual([])
  })
})

describe('a reader', () => {
  it('writes nothing, whatever is opened', async () => {
    const reader = writer({ editable: false })
    const sent: Uint8Array[] = []
    reader.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== network) sent.push(update)
    })
    for (const [, change] of strange) reader.receive(written(change))
    reader.editor.focus('end')
    reader.editor.view.dispatch(reader.editor.view.state.tr.insertText('x', 1))
    await Promise.resolve()
    expect(sent).toEqual([])
    expectEqualView(reader)
  })
})

function expectEqualView({ editor, body }: Writer): void {
  expect(editor.view.state.doc.textContent).not.toContain('x')
  expect(editor.view.state.doc.childCount).toBe(body.length)
}

describe('two releases', () => {
  it('lose nothing of each other while both write', () => {
    const { reader } = open((body) => body.insert(1, [callout()]))
    const bo = writer({ name: 'Bo' })
    connect(reader, bo)
    bo.editor.focus('start')
    bo.type('bo ')
    reader.editor.run('heading-1')
    expect(json(bo.body)).toEqual(json(reader.body))
    expectEqual(reader, bo)
  })
})
