// Two texts side by side become one: people who begin to write in an empty block at once make one each.
//
// A view shows both as one, and whoever writes next would write all into the first, so two at once would
// write it twice. Only whoever made the second moves it.
import * as Y from 'yjs'
import type { YBinding } from './y-binding'

/** Joining is no edit that somebody made: it is sent, and not undone. */
const joinOrigin = { kind: 'joined' } as const

/** Joins this writer's own texts with the texts before them, in the blocks that the transaction changed. */
export function joinOwnTexts({ doc, prosemirrorView }: YBinding, transaction: Y.Transaction): void {
  if (prosemirrorView?.editable !== true) return
  for (const type of transaction.changedParentTypes.keys() as IterableIterator<unknown>) {
    if (!(type instanceof Y.XmlElement) || type._item?.deleted === true) continue
    const children = type.toArray()
    const second = children.findIndex((child, index) => {
      const isOwn = child instanceof Y.XmlText && child._item?.id.client === doc.clientID
      return isOwn && children[index - 1] instanceof Y.XmlText
    })
    if (second > 0) doc.transact(() => join(type, second), joinOrigin)
  }
}

function join(parent: Y.XmlElement, second: number): void {
  const [before, own] = parent.slice(second - 1, second + 1) as Y.XmlText[]
  if (before === undefined || own === undefined) return
  before.applyDelta([{ retain: before.length }, ...own.toDelta()])
  parent.delete(second, 1)
}
