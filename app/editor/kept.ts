// What of a document this release's schema has no place for, as it stands in the shared type: a newer
// release wrote it, or two edits met badly. It is shown, cannot be written in, and nothing of it is lost.
import type { MarkSpec, NodeSpec } from 'prosemirror-model'
import * as Y from 'yjs'

type Values = Readonly<Record<string, unknown>>

export type KeptElement = {
  readonly name: string
  readonly attributes: Values
  readonly children: readonly Kept[]
}

/** A text with all its formats and embeds, as Yjs's deltas have them. */
export type KeptText = {
  readonly text: readonly { readonly insert: unknown; readonly attributes?: Values }[]
}

export type Kept = KeptElement | KeptText

/** What a type holds. Values are the type's own: they are compared by identity and never changed. */
export function keptOf(type: unknown): Kept {
  if (type instanceof Y.XmlText) return { text: type.toDelta() as KeptText['text'] }
  if (!(type instanceof Y.XmlElement)) return { name: 'unknown', attributes: {}, children: [] }
  return {
    name: type.nodeName,
    attributes: plainValues(type.getAttributes()),
    children: type.toArray().map(keptOf)
  }
}

/** Without values that are shared types themselves: those have one place and no copy. */
export function plainValues(values: Values): Record<string, unknown> {
  const all = Object.entries(values)
  return Object.fromEntries(all.filter(([, value]) => !(value instanceof Y.AbstractType)))
}

/** All words in it, a line for each text. */
export function wordsOf(kept: Kept): string {
  if (!('text' in kept)) return kept.children.map(wordsOf).filter(Boolean).join('\n')
  return kept.text.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
}

const why = 'A newer version of Meridian made this. It can be read here, and changed there.'

/** A node that shows what it keeps and has no inside of its own. */
export const keptNode = (inline: boolean): NodeSpec => ({
  attrs: { kept: {} },
  atom: true,
  inline,
  group: inline ? 'inline' : 'block',
  selectable: true,
  draggable: true,
  leafText: (node) => wordsOf(node.attrs['kept'] as Kept),
  toDOM: (node) => {
    const lines = wordsOf(node.attrs['kept'] as Kept).split('\n')
    const tag = inline ? 'span' : 'p'
    const shown = lines.map((line) => [tag, line] as const)
    const attributes = { class: `kept-${inline ? 'inline' : 'block'}`, title: why, role: 'note' }
    return [inline ? 'span' : 'div', attributes, ...shown]
  }
})

/** A format of a text under its key in the shared type; many may stand on one text. */
export const keptMark: MarkSpec = {
  attrs: { key: {}, value: {} },
  excludes: '',
  inclusive: false,
  toDOM: () => ['span', { class: 'kept-mark' }, 0]
}
