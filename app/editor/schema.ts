// The schema of a document's body: what can be written, and how it reads and writes HTML.
import { Schema, type NodeType } from 'prosemirror-model'
import { marks } from './marks'
import { nodes } from './nodes'

export type NodeName = keyof typeof nodes
export type MarkName = keyof typeof marks

export const schema = new Schema<NodeName, MarkName>({ nodes, marks })

/** Items of all kinds of lists: what Enter splits and Tab sinks. */
export const itemTypes: readonly NodeType[] = [schema.nodes.list_item, schema.nodes.task_item]

/** Whether a node is a list of any kind. */
export const isList = (type: NodeType): boolean =>
  type === schema.nodes.bullet_list ||
  type === schema.nodes.ordered_list ||
  type === schema.nodes.task_list

/** The type of a list's items. */
export const itemTypeOf = (list: NodeType): NodeType =>
  list === schema.nodes.task_list ? schema.nodes.task_item : schema.nodes.list_item
