// Takes marks off what is no text, such as a line break: a shared type has no place for them there, and
// so a view would show them that nobody else has.
import type { Node } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'

export const plainLeaves = (): Plugin =>
  new Plugin({
    appendTransaction(_transactions, before, { doc, tr }) {
      const from = doc.content.findDiffStart(before.doc.content)
      const to = doc.content.findDiffEnd(before.doc.content)?.a ?? null
      if (from === null || to === null) return null
      doc.nodesBetween(Math.min(from, to), Math.max(from, to), (node, at) => {
        if (isMarkedLeaf(node)) tr.removeMark(at, at + node.nodeSize)
        return !node.isLeaf
      })
      return tr.docChanged ? tr : null
    }
  })

const isMarkedLeaf = (node: Node) => node.isInline && !node.isText && node.marks.length > 0
