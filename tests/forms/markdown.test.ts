// A document's body as Markdown: what the editor stores, and what other programs may have put there.
import { prosemirrorToYXmlFragment } from 'y-prosemirror'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { schema } from '../../app/editor/schema'
import { markdownOf } from '../../sync-api/forms/markdown'

type Json = { type: string; attrs?: object; content?: Json[]; text?: string; marks?: object[] }

function markdown(...content: Json[]): string {
  const body = new Y.Doc().getXmlFragment('body')
  prosemirrorToYXmlFragment(schema.nodeFromJSON({ type: 'doc', content }), body)
  return markdownOf(body)
}

const text = (value: string, ...marks: (string | object)[]): Json => ({
  type: 'text',
  text: value,
  marks: marks.map((mark) => (typeof mark === 'string' ? { type: mark } : mark))
})
const paragraph = (...content: Json[]): Json => ({ type: 'paragraph', content })
const item = (type: string, ...content: Json[]): Json => ({ type, content })

test('blocks are parted by empty lines', () => {
  const blocks = [
    { type: 'heading', attrs: { level: 2 }, content: [text('Plan')] },
    paragraph(text('One')),
    paragraph(),
    item('blockquote', paragraph(text('Said')), paragraph(text('twice'))),
    { type: 'horizontal_rule' },
    { type: 'code_block', attrs: { language: 'ts' }, content: [text('a < b\n```')] }
  ]
  expect(markdown(...blocks)).toBe(
    '## Plan\n\nOne\n\n> Said\n>\n> twice\n\n---\n\n````ts\na < b\n```\n````\n'
  )
})

test('lists keep their numbers, their ticks and what lies inside their items', () => {
  const inner = item('bullet_list', item('list_item', paragraph(text('inner'))))
  const lists = [
    {
      type: 'ordered_list',
      attrs: { start: 9 },
      content: [
        item('list_item', paragraph(text('nine')), inner),
        item('list_item', paragraph(text('ten')))
      ]
    },
    item('task_list', {
      type: 'task_item',
      attrs: { checked: true },
      content: [paragraph(text('done'))]
    })
  ]
  expect(markdown(...lists)).toBe('9. nine\n\n   - inner\n10. ten\n\n- [x] done\n')
})

test('marks share what they can and hold no space at an edge', () => {
  const link = { type: 'link', attrs: { href: 'https://example.com/a b' } }
  expect(
    markdown(
      paragraph(
        text('all '),
        text('bold ', 'bold'),
        text('both', 'bold', 'italic'),
        text(' and ', 'bold'),
        text('code*', 'code'),
        text(' '),
        text('gone', 'strike'),
        text(' '),
        text('here', link)
      )
    )
  ).toBe('all **bold *both* and** `code*` ~~gone~~ [here](<https://example.com/a%20b>)\n')
})

test('code that holds a backtick stands between two', () => {
  expect(markdown(paragraph(text('a`b', 'code')))).toBe('`` a`b ``\n')
})

test('what Markdown would read as its own stands for itself', () => {
  expect(markdown(paragraph(text('# no *heading* [or](link) <b> a_b')))).toBe(
    '\\# no \\*heading\\* \\[or\\](link) \\<b\\> a\\_b\n'
  )
  expect(markdown(paragraph(text('1. not a list')), paragraph(text('- nor this')))).toBe(
    '1\\. not a list\n\n\\- nor this\n'
  )
  const lines = paragraph(text('one'), { type: 'hard_break' }, text('- two'))
  expect(markdown(lines)).toBe('one\\\n\\- two\n')
})

test('nodes and values it does not know lose their form and keep their text', () => {
  const body = new Y.Doc().getXmlFragment('body')
  const strange = new Y.XmlElement('callout')
  const heading = new Y.XmlElement('heading')
  heading.setAttribute('level', 'huge')
  heading.insert(0, [new Y.XmlText('Still here')])
  strange.insert(0, [heading])
  body.insert(0, [strange, new Y.XmlText('loose')])
  expect(markdownOf(body)).toBe('# Still here\n\nloose\n')
  expect(markdownOf(new Y.Doc().getXmlFragment('body'))).toBe('')
})
