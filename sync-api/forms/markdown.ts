// A document's body as Markdown, read from its shared type: what it does not know it gives as text.
import * as Y from 'yjs'
import { contentRoots } from '../protocol/roots'

type Node = Y.XmlFragment['firstChild']

/** A document's content: its title as a heading, if it has one, then its body. */
export function documentMarkdown(content: Y.Doc): string {
  const title = content.getText(contentRoots.title).toJSON().replaceAll(/\s+/g, ' ').trim()
  const heading = title === '' ? '' : `# ${title}\n\n`
  return heading + markdownOf(content.getXmlFragment(contentRoots.body))
}

/** The blocks of a fragment, parted by empty lines; ends with a line break unless it is empty. */
export function markdownOf(body: Y.XmlFragment): string {
  const text = blocksOf(body).join('\n\n')
  return text === '' ? '' : `${text}\n`
}

function blocksOf(parent: Y.XmlFragment): string[] {
  const blocks: string[] = []
  let inline: Node[] = []
  const emit = (): void => {
    const text = inlineOf(inline)
    if (text !== '') blocks.push(text)
    inline = []
  }
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlElement && child.nodeName !== 'hard_break') {
      emit()
      blocks.push(blockOf(child))
    } else inline.push(child as Node)
  }
  emit()
  return blocks.filter((block) => block !== '')
}

function blockOf(element: Y.XmlElement): string {
  switch (element.nodeName) {
    case 'heading':
      return `${'#'.repeat(levelOf(element))} ${blocksOf(element).join(' ').replaceAll('\n', ' ')}`
    case 'blockquote':
      return prefixed(blocksOf(element).join('\n\n'), '> ', '> ').replaceAll(/^> $/gm, '>')
    case 'code_block':
      return fenced(plainTextOf(element), attributeOf(element, 'language'))
    case 'bullet_list':
    case 'task_list':
      return itemsOf(element, () => '- ')
    case 'ordered_list': {
      const start = Number(attributeOf(element, 'start') || '1')
      return itemsOf(element, (index) => `${(Number.isSafeInteger(start) ? start : 1) + index}. `)
    }
    case 'horizontal_rule':
      return '---'
    default:
      return blocksOf(element).join('\n\n')
  }
}

function levelOf(element: Y.XmlElement): number {
  const level = Math.trunc(Number(attributeOf(element, 'level')))
  return level >= 1 && level <= 6 ? level : 1
}

/** An attribute as text: other programs may have set it to anything. */
function attributeOf(element: Y.XmlElement, name: string): string {
  const value: unknown = element.getAttribute(name)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

function itemsOf(list: Y.XmlElement, bulletOf: (index: number) => string): string {
  const items = list.toArray().filter((item) => item instanceof Y.XmlElement)
  return items
    .map((item, index) => {
      const bullet = bulletOf(index)
      const checked = attributeOf(item, 'checked') === 'true'
      const box = item.nodeName === 'task_item' ? (checked ? '[x] ' : '[ ] ') : ''
      return prefixed(box + blocksOf(item).join('\n\n'), bullet, ' '.repeat(bullet.length))
    })
    .join('\n')
}

function prefixed(text: string, first: string, others: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first : line === '' ? others.trimEnd() : others) + line)
    .join('\n')
}

function fenced(text: string, language: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(Math.max(3, longest + 1))
  return `${fence}${language.replaceAll(/[^\w+#.-]/g, '')}\n${text}\n${fence}`
}

function plainTextOf(parent: Y.XmlElement): string {
  return parent
    .toArray()
    .map((child) => {
      if (child instanceof Y.XmlText)
        return piecesOf(child)
          .map(({ text }) => text)
          .join('')
      return child instanceof Y.XmlElement ? plainTextOf(child) : ''
    })
    .join('')
}

type Piece = { readonly text: string; readonly marks: readonly Mark[] }
type Mark = { readonly open: string; readonly close: string }

function piecesOf(text: Y.XmlText): Piece[] {
  const delta: readonly { insert?: unknown; attributes?: Record<string, unknown> }[] =
    text.toDelta()
  return delta.map(({ insert, attributes }) => ({
    text: typeof insert === 'string' ? insert : '',
    marks: marksOf(attributes ?? {}, typeof insert === 'string' && insert.includes('`'))
  }))
}

/** From the outermost to the innermost, always in the same order, so that runs share what they can. */
function marksOf(attributes: Readonly<Record<string, unknown>>, ticked: boolean): Mark[] {
  const names = new Map(
    Object.entries(attributes).map(([key, value]) => [key.split('--')[0], value])
  )
  const marks: Mark[] = []
  const href = hrefOf(names.get('link'))
  if (href !== null) marks.push({ open: '[', close: `](<${href}>)` })
  if (names.has('bold')) marks.push({ open: '**', close: '**' })
  if (names.has('italic')) marks.push({ open: '*', close: '*' })
  if (names.has('underline')) marks.push({ open: '<u>', close: '</u>' })
  if (names.has('strike')) marks.push({ open: '~~', close: '~~' })
  if (names.has('code')) marks.push(ticked ? tickedCode : plainCode)
  return marks
}

const plainCode: Mark = { open: '`', close: '`' }
/** Around text that holds the mark itself. */
const tickedCode: Mark = { open: '`` ', close: ' ``' }

function hrefOf(link: unknown): string | null {
  if (typeof link !== 'object' || link === null || !('href' in link)) return null
  return typeof link.href === 'string' ? link.href.replaceAll(/[<>\s]/g, encodeURIComponent) : null
}

/** Text in a row: marks stay open over pieces that share them, and never hold a space at an edge. */
function inlineOf(nodes: readonly Node[]): string {
  let out = ''
  let space = ''
  const open: Mark[] = []
  const closeTo = (length: number): void => {
    for (const mark of open.splice(length).reverse()) out += mark.close
  }
  for (const node of nodes) {
    if (!(node instanceof Y.XmlText)) {
      closeTo(0)
      space = node instanceof Y.XmlElement ? '\\\n' : space
      continue
    }
    for (const { text, marks } of piecesOf(node)) {
      const [, before = '', inner = '', after = ''] = /^(\s*)(.*?)(\s*)$/su.exec(text) ?? []
      space += before.replaceAll('\n', ' ')
      if (inner === '') continue
      closeTo(sharedLength(open, marks))
      out += space
      space = after.replaceAll('\n', ' ')
      for (const mark of marks.slice(open.length)) {
        out += mark.open
        open.push(mark)
      }
      const code = open.includes(plainCode) || open.includes(tickedCode)
      out += code ? inner.replaceAll('\n', ' ') : escaped(inner)
    }
  }
  closeTo(0)
  return atLineStart(out.trimStart())
}

function sharedLength(open: readonly Mark[], wanted: readonly Mark[]): number {
  const differs = open.findIndex(
    (mark, at) => wanted[at]?.open !== mark.open || wanted[at]?.close !== mark.close
  )
  return differs < 0 ? open.length : differs
}

/** Characters that Markdown would read as its own, made to stand for themselves. */
function escaped(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll(/[\\`*_[\]<>&~]/g, String.raw`\$&`)
}

/** What begins a block only at the beginning of a line. */
function atLineStart(text: string): string {
  return text
    .replaceAll(/^(\s*)([#+=-])/gm, String.raw`$1\$2`)
    .replaceAll(/^(\s*\d+)([.)])/gm, String.raw`$1\$2`)
}
