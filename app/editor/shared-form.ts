// The form in which y-prosemirror is given a document to write: what is kept, under its own names again.
//
// It compares a document with the shared type by names, attributes and children, so that what it is
// given here need not be of the schema.
import { Mark, Node } from 'prosemirror-model'
import type { Kept, KeptElement, KeptText } from './kept'
import type { Mapping } from './render'
import { schema } from './schema'

const { kept_block, kept_inline } = schema.nodes

/** What y-prosemirror 1.3.7 reads of a node, and nothing else. */
type SharedNode = {
  readonly isText: boolean
  readonly text?: unknown
  readonly type: { readonly name: string }
  readonly attrs: object
  readonly marks: readonly SharedMark[]
  readonly content: { readonly content: readonly SharedNode[] }
  readonly nodeSize: number
}

type SharedMark = {
  readonly type: { readonly name: string; excludes(other: unknown): boolean }
  readonly attrs: unknown
}

type Form = Node | SharedNode

// Remembered, so that what did not change is the same object, which is what y-prosemirror looks at first.
const forms = new WeakMap<Node, readonly Form[]>()
const shownAs = new WeakMap<SharedNode, Node>()

/** The document to write. */
export const sharedForm = (doc: Node): Node => formsOf(doc)[0] as Node

/** A mapping for the time of writing: takes and gives nodes in the shared form. */
export function sharedMapping(mapping: Mapping): Mapping {
  const shown = (form: Form): Node => (form instanceof Node ? form : (shownAs.get(form) as Node))
  const access: Partial<Mapping> = {
    get(type) {
      const node = mapping.get(type)
      if (node === undefined) return undefined
      if (Array.isArray(node)) return node.flatMap(formsOf) as Node[]
      const [form, ...more] = formsOf(node)
      return (isKeptText(node) ? [form, ...more] : form) as Node
    },
    set(type, form) {
      const nodes = Array.isArray(form) ? form.map(shown) : shown(form)
      // A text that stands where only blocks may is one node.
      const [first] = Array.isArray(nodes) ? nodes : []
      mapping.set(type, first !== undefined && isKeptText(first) ? first : nodes)
      return access as Mapping
    },
    delete: (type) => mapping.delete(type),
    clear: () => mapping.clear()
  }
  return access as Mapping
}

/** One form; of a text that is kept by itself as many as its delta has parts. */
function formsOf(node: Node): readonly Form[] {
  const known = forms.get(node)
  if (known !== undefined) return known
  const made = makeForms(node)
  forms.set(node, made)
  for (const form of made) if (!(form instanceof Node)) shownAs.set(form, node)
  return made
}

function makeForms(node: Node): readonly Form[] {
  if (node.type === kept_block || node.type === kept_inline) {
    return keptForms(node.attrs['kept'] as Kept, node)
  }
  const marks = node.marks.map(markForm)
  const children = node.children.flatMap(formsOf)
  const attrs = withKept(node.attrs)
  const same =
    attrs === node.attrs &&
    marks.every((mark, index) => mark === node.marks[index]) &&
    children.every((child, index) => child === node.children[index])
  if (same && children.length === node.childCount) return [node]
  const { isText, text, type, nodeSize } = node
  return [{ isText, text, type, attrs, marks, content: { content: children }, nodeSize }]
}

function keptForms(kept: Kept, shown: Node): readonly SharedNode[] {
  const forms = 'text' in kept ? kept.text.map(textForm) : [elementForm(kept, shown)]
  for (const form of forms) shownAs.set(form, shown)
  return forms
}

function elementForm({ name, attributes, children }: KeptElement, shown: Node): SharedNode {
  const content = children.flatMap((child) => keptForms(child, shown))
  const { nodeSize } = shown
  return {
    isText: false,
    type: { name },
    attrs: attributes,
    marks: [],
    content: { content },
    nodeSize
  }
}

function textForm({ insert, attributes = {} }: KeptText['text'][number]): SharedNode {
  const marks = Object.entries(attributes).map(([key, value]) => rawMark(key, value))
  const text = { type: { name: 'text' }, attrs: {}, content: { content: [] } }
  return { ...text, isText: true, text: insert, marks, nodeSize: 1 }
}

const markForm = (mark: Mark): SharedMark =>
  mark.type === schema.marks.kept ? rawMark(String(mark.attrs['key']), mark.attrs['value']) : mark

/** Under just this key: a mark that did not exclude itself would get a hash behind its name. */
const rawMark = (name: string, attrs: unknown): SharedMark => ({
  type: { name, excludes: () => true },
  attrs
})

function withKept(attrs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { kept } = attrs
  if (typeof kept !== 'object' || kept === null) return attrs
  return { ...attrs, ...kept, ...('kept' in kept ? {} : { kept: null }) }
}

const isKeptText = (node: Node): boolean =>
  node.type === kept_block && 'text' in (node.attrs['kept'] as Kept)
