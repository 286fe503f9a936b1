// @vitest-environment jsdom
import { DOMParser, DOMSerializer } from 'prosemirror-model'
import { describe, expect, it } from 'vitest'
import { hrefFromInput, safeHref } from '../../app/editor/href'
import { schema } from '../../app/editor/schema'

function parse(html: string) {
  const root = document.createElement('div')
  root.innerHTML = html
  return DOMParser.fromSchema(schema).parse(root)
}

function write(html: string): string {
  const root = document.createElement('div')
  root.append(DOMSerializer.fromSchema(schema).serializeFragment(parse(html).content))
  return root.innerHTML
}

describe('the schema', () => {
  it.each([
    '<p>Text</p>',
    '<h1>One</h1><h2>Two</h2><h3>Three</h3>',
    '<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>',
    '<ol start="3"><li><p>a</p></li></ol>',
    '<ul data-tasks=""><li data-checked="true"><p>done</p></li><li data-checked="false"><p>open</p></li></ul>',
    '<blockquote><p>said</p></blockquote>',
    '<pre data-language="ts"><code>a  b\n  c</code></pre>',
    '<p>a</p><hr><p>b<br>c</p>',
    '<p><strong>b</strong><em>i</em><u>u</u><s>s</s><code spellcheck="false">c</code></p>',
    '<p><a href="https://example.org/" rel="noopener noreferrer nofollow" target="_blank">x</a></p>'
  ])('writes what it reads: %s', (html) => {
    expect(write(html)).toBe(html)
  })

  it('names the first block as entry zero does', () => {
    expect(schema.topNodeType.createAndFill()?.toString()).toBe('doc(paragraph)')
  })

  it('keeps a heading within three levels, whatever the shared type says', () => {
    expect(parse('<h6>deep</h6>').firstChild?.attrs['level']).toBe(3)
    for (const level of [0, 9, '2', Number.NaN, ['1']]) {
      const heading = schema.nodes.heading.create({ level }, schema.text('x'))
      const element = DOMSerializer.fromSchema(schema).serializeNode(heading) as HTMLElement
      expect(element.tagName).toMatch(/^H[123]$/)
    }
  })

  it('lets any two marks stand on one text, as two people may set both at once', () => {
    const all = Object.values(schema.marks).map((type) =>
      type.create({ href: 'https://a.example', key: 'comment', value: {} })
    )
    const text = schema.text('x', all)
    const doc = schema.nodes.doc.create(null, schema.nodes.paragraph.create(null, text))
    expect(() => doc.check()).not.toThrow()
    expect(text.marks).toHaveLength(all.length)
  })
})

describe('a link', () => {
  const hostile = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/x',
    '//example.org',
    '/relative',
    '',
    `https://example.org/${'a'.repeat(3000)}`
  ]

  it.each(hostile)('does not carry %j when it is read', (href) => {
    const anchor = document.createElement('a')
    anchor.setAttribute('href', href)
    anchor.textContent = 'words'
    const root = document.createElement('p')
    root.append(anchor)
    const doc = DOMParser.fromSchema(schema).parse(root)
    expect(doc.toString()).toBe('doc(paragraph("words"))')
  })

  it.each([...hostile, { toString: () => 'https://a.example' }, ['https://a.example'], 7, null])(
    'does not carry %j when it comes from the shared type',
    (href) => {
      const text = schema.text('words', [schema.marks.link.create({ href })])
      const written = DOMSerializer.fromSchema(schema).serializeNode(text) as HTMLElement
      expect(written.outerHTML).toBe('<span data-link-refused="">words</span>')
    }
  )

  it.each([
    'https://example.org',
    'http://example.org/a?b#c',
    'mailto:me@example.org',
    'tel:+4912'
  ])('carries %s', (href) => expect(safeHref(href)).toBe(href))

  it.each([
    ['example.org', 'https://example.org'],
    ['example.org/a?b', 'https://example.org/a?b'],
    ['me@example.org', 'mailto:me@example.org'],
    [' https://example.org ', 'https://example.org'],
    ['no address', null],
    ['word', null],
    ['javascript:alert(1)', null]
  ])('understands %j as %j when a person types it', (typed, href) => {
    expect(hrefFromInput(typed)).toBe(href)
  })
})
