// Makes of what an undo puts back ordinary insertions, before anybody is told of it.
//
// Y.UndoManager puts an item back between the copies of what stood beside it, wherever they are by now:
// its left neighbour may then stand behind its right one. Such an item has a place in the replica that
// made it, and another in every other, for ever.
import * as Y from 'yjs'

/** Looks at all undoing and redoing of this manager; answers the end of that. */
export function keepOrdinary(undo: Y.UndoManager): () => void {
  const { doc } = undo
  // The first event after the change: nothing is shown, merged or encoded yet.
  const look = (transaction: Y.Transaction): void => {
    if (transaction.origin === undo)
      for (const item of made(transaction)) setBetweenNeighbours(item)
  }
  doc.on('beforeObserverCalls', look)
  return () => doc.off('beforeObserverCalls', look)
}

/** What the transaction inserted into a list. */
function made({ doc, beforeState }: Y.Transaction): Y.Item[] {
  const { clientID: client, store } = doc
  const structs = store.clients.get(client) ?? []
  const first = beforeState.get(client) ?? 0
  if (first >= Y.getState(store, client)) return []
  const items = structs.slice(Y.findIndexSS(structs, first))
  return items.filter((item) => item instanceof Y.Item).filter((item) => item.parentSub === null)
}

/** The neighbours an insertion at this very place would have named: all but what came after it. */
function setBetweenNeighbours(item: Y.Item): void {
  const isLater = ({ id }: Y.Item) => id.client === item.id.client && id.clock > item.id.clock
  let { left, right } = item
  while (left !== null && isLater(left)) left = left.left
  while (right !== null && isLater(right)) right = right.right
  item.origin = left?.lastId ?? null
  item.rightOrigin = right?.id ?? null
}
