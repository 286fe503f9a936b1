// The blocks of a document. Contents are lenient, so that no merge of two edits is invalid but for
// an empty container: what the schema refuses can be read, and not be written in.
import type { NodeSpec } from 'prosemirror-model'
import { keptNode } from './kept'

const headingLevels = [1, 2, 3] as const

function levelOf(value: unknown): number {
  const level = Math.trunc(Number(value))
  return Math.min(Math.max(Number.isNaN(level) ? 1 : level, 1), headingLevels.length)
}

function startOf(value: unknown): number {
  const start = Math.trunc(Number(value))
  return Number.isSafeInteger(start) && start >= 0 ? start : 1
}

/** A language's name as people and fences write it: `ts`, `c++`, `objective-c`. */
export function languageOf(value: unknown): string | null {
  return typeof value === 'string' && /^[\w+#.-]{1,32}$/.test(value) ? value : null
}

const doc: NodeSpec = { content: 'block+' }

const text: NodeSpec = { group: 'inline' }

// First among the blocks: what ProseMirror fills in where a block is missing.
const paragraph: NodeSpec = {
  content: 'inline*',
  group: 'block',
  parseDOM: [{ tag: 'p' }],
  toDOM: () => ['p', 0]
}

const heading: NodeSpec = {
  attrs: { level: { default: 1 } },
  content: 'inline*',
  group: 'block',
  defining: true,
  parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
    tag: `h${level}`,
    attrs: { level: levelOf(level) }
  })),
  toDOM: (node) => [`h${levelOf(node.attrs['level'])}`, 0]
}

const blockquote: NodeSpec = {
  content: 'block+',
  group: 'block',
  defining: true,
  parseDOM: [{ tag: 'blockquote' }],
  toDOM: () => ['blockquote', 0]
}

const code_block: NodeSpec = {
  attrs: { language: { default: null } },
  content: 'text*',
  marks: '',
  group: 'block',
  code: true,
  defining: true,
  parseDOM: [
    {
      tag: 'pre',
      preserveWhitespace: 'full',
      getAttrs: (element) => ({ language: languageOf(element.getAttribute('data-language')) })
    }
  ],
  toDOM: (node) => {
    const language = languageOf(node.attrs['language'])
    return ['pre', language === null ? {} : { 'data-language': language }, ['code', 0]]
  }
}

const bullet_list: NodeSpec = {
  content: 'list_item+',
  group: 'block',
  parseDOM: [{ tag: 'ul' }],
  toDOM: () => ['ul', 0]
}

const ordered_list: NodeSpec = {
  attrs: { start: { default: 1 } },
  content: 'list_item+',
  group: 'block',
  parseDOM: [
    { tag: 'ol', getAttrs: (element) => ({ start: startOf(element.getAttribute('start') ?? 1) }) }
  ],
  toDOM: (node) => {
    const start = startOf(node.attrs['start'])
    return ['ol', start === 1 ? {} : { start: String(start) }, 0]
  }
}

const list_item: NodeSpec = {
  content: 'block+',
  defining: true,
  parseDOM: [{ tag: 'li' }],
  toDOM: () => ['li', 0]
}

const task_list: NodeSpec = {
  content: 'task_item+',
  group: 'block',
  // Above the bullet list's rule, which would take any `ul`.
  parseDOM: [{ tag: 'ul[data-tasks]', priority: 60 }],
  toDOM: () => ['ul', { 'data-tasks': '' }, 0]
}

const task_item: NodeSpec = {
  attrs: { checked: { default: false } },
  content: 'block+',
  defining: true,
  parseDOM: [
    {
      tag: 'li[data-checked]',
      priority: 60,
      getAttrs: (element) => ({ checked: element.getAttribute('data-checked') === 'true' })
    }
  ],
  toDOM: (node) => ['li', { 'data-checked': String(node.attrs['checked'] === true) }, 0]
}

const horizontal_rule: NodeSpec = {
  group: 'block',
  parseDOM: [{ tag: 'hr' }],
  toDOM: () => ['hr']
}

const hard_break: NodeSpec = {
  inline: true,
  group: 'inline',
  selectable: false,
  linebreakReplacement: true,
  parseDOM: [{ tag: 'br' }],
  toDOM: () => ['br']
}

/** Attributes that a newer release gave a node stay with it, under this name. */
function keeping<Spec extends NodeSpec>(spec: Spec): Spec {
  return { ...spec, attrs: { ...spec.attrs, kept: { default: null } } }
}

/** In the order in which ProseMirror chooses a default. Names are part of the stored format. */
export const nodes = {
  doc,
  paragraph: keeping(paragraph),
  heading: keeping(heading),
  blockquote: keeping(blockquote),
  code_block: keeping(code_block),
  bullet_list: keeping(bullet_list),
  ordered_list: keeping(ordered_list),
  list_item: keeping(list_item),
  task_list: keeping(task_list),
  task_item: keeping(task_item),
  horizontal_rule: keeping(horizontal_rule),
  hard_break: keeping(hard_break),
  kept_block: keptNode(false),
  kept_inline: keptNode(true),
  text
} satisfies Record<string, NodeSpec>
