// Renders a shared type as nodes of the schema, and never writes: y-prosemirror's own rendering deletes
// for everybody what its schema refuses.
import { Fragment, type Mark, type Node, type NodeType } from 'prosemirror-model'
import * as Y from 'yjs'
import { keptOf, plainValues } from './kept'
import { schema, type MarkName, type NodeName } from './schema'

/** Any shared type: what they hold differs in ways that do not matter here. */
export type SharedType = Pick<Y.AbstractType<unknown>, '_item'>

/** What each shared type is rendered as; a text as several nodes. */
export type Mapping = Map<SharedType, Node | Node[]>

type Values = Readonly<Record<string, unknown>>

const { kept_block, kept_inline } = schema.nodes
const ownTypes: ReadonlySet<NodeType> = new Set([
  schema.nodes.doc,
  schema.nodes.text,
  kept_block,
  kept_inline
])

/** The whole body; what `mapping` has already is taken from it, the rest is put into it. */
export function renderBody(body: Y.XmlFragment, mapping: Mapping): Node {
  const type = schema.topNodeType
  const content = childrenOf(body, type, mapping) ?? []
  // A document with no paragraph has no place for a caret, nor for an input method to compose in.
  return filled(type, null, Fragment.from(content)) as Node
}

/** The element as the node it names; null where the schema has no such node, or not with this inside. */
function asNamed(element: Y.XmlElement, type: NodeType, mapping: Mapping): Node | null {
  const children = childrenOf(element, type, mapping)
  if (children === null) return null
  return filled(type, attributesOf(element.getAttributes(), type), Fragment.from(children))
}

/** Null where a child can neither stand in such a node nor be kept in it. */
function childrenOf(parent: Y.XmlFragment, type: NodeType, mapping: Mapping): Node[] | null {
  const nodes: Node[] = []
  for (const child of parent.toArray()) {
    const shown = childOf(child, type, mapping)
    if (shown === null) return null
    nodes.push(...shown)
  }
  return nodes
}

function childOf(child: SharedType, parent: NodeType, mapping: Mapping): readonly Node[] | null {
  const known = mapping.get(child)
  if (known !== undefined) return Array.isArray(known) ? known : [known]
  if (child instanceof Y.XmlText && parent.inlineContent) return textNodes(child, mapping)
  const keptType = parent.inlineContent ? kept_inline : kept_block
  const type = child instanceof Y.XmlElement ? typeNamed(child.nodeName) : null
  const node =
    type !== null && allows(parent, type) ? asNamed(child as Y.XmlElement, type, mapping) : null
  if (node === null && !allows(parent, keptType)) return null
  const shown = node ?? keptType.create({ kept: keptOf(child) })
  mapping.set(child, shown)
  if (node === null) mapInside(child, shown, mapping)
  return [shown]
}

const allows = (parent: NodeType, type: NodeType) => parent.contentMatch.matchType(type) !== null

function typeNamed(name: string): NodeType | null {
  const type = Object.hasOwn(schema.nodes, name) ? schema.nodes[name as NodeName] : null
  return type === null || ownTypes.has(type) ? null : type
}

/** An empty quote or list gets the paragraph it lacks; null where adding does not make it valid. */
function filled(type: NodeType, attributes: Values | null, content: Fragment): Node | null {
  if (type.validContent(content)) return type.create(attributes, content)
  return type.inlineContent ? null : type.createAndFill(attributes, content)
}

/** Where somebody's caret is inside of what is kept, it is at the node that keeps it. */
function mapInside(type: SharedType, node: Node, mapping: Mapping): void {
  if (!(type instanceof Y.XmlElement)) return
  for (const child of type.toArray()) {
    if (child instanceof Y.XmlElement) mapping.set(child, node)
    mapInside(child, node, mapping)
  }
}

/** Attributes of the schema's under their names, all others together as `kept`. */
function attributesOf(values: Values, { spec }: NodeType): Values {
  const known: Record<string, unknown> = {}
  const others: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(plainValues(values))) {
    const isKnown = name !== 'kept' && Object.hasOwn(spec.attrs ?? {}, name)
    ;(isKnown ? known : others)[name] = value
  }
  return Object.keys(others).length === 0 ? known : { ...known, kept: others }
}

/** Null for a text with something embedded: the block it stands in is kept as it is. */
function textNodes(text: Y.XmlText, mapping: Mapping): Node[] | null {
  const delta = text.toDelta() as { insert: unknown; attributes?: Values }[]
  const nodes: Node[] = []
  for (const { insert, attributes = {} } of delta) {
    if (typeof insert !== 'string') return null
    const marks = Object.entries(attributes).map(([key, value]) => markOf(key, value))
    nodes.push(schema.text(insert, marks))
  }
  mapping.set(text, nodes)
  return nodes
}

/** A mark of the schema's only where it says all that stands in the shared type. */
function markOf(key: string, value: unknown): Mark {
  const type = Object.hasOwn(schema.marks, key) ? schema.marks[key as MarkName] : schema.marks.kept
  const names = Object.keys(type.spec.attrs ?? {})
  const isWhole =
    type !== schema.marks.kept &&
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === names.length &&
    names.every((name) => Object.hasOwn(value, name))
  return isWhole ? type.create(value) : schema.marks.kept.create({ key, value })
}
