// Folds updates into one, through a Y.Doc: pure, and run where it keeps nobody waiting.
import * as Y from 'yjs'
import { sameBytes } from './bytes'
import { shownContent } from './shown-content'
import { mergeInputsMax } from './limits'

/**
 * One update that gives the same document as all of `updates`: clocks, deletions and content. What
 * misses something it builds on is kept. Throws when the result would not load to the same.
 */
export function foldUpdates(updates: readonly Uint8Array[]): Uint8Array {
  const doc = loaded(mergeTree(updates))
  const folded = Y.encodeStateAsUpdate(doc)
  const again = loaded(folded)
  if (!sameBytes(Y.encodeStateVector(doc), Y.encodeStateVector(again))) {
    throw new Error('The fold loads to other clocks')
  }
  if (!sameBytes(deletions(doc), deletions(again))) {
    throw new Error('The fold loads to other deletions')
  }
  if (shownContent(doc) !== shownContent(again)) {
    throw new Error('The fold loads to other content')
  }
  return folded
}

function loaded(update: Uint8Array): Y.Doc {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc
}

function deletions(doc: Y.Doc): Uint8Array {
  return Y.encodeSnapshot(Y.createSnapshot(Y.snapshot(doc).ds, new Map()))
}

/** Merges a few at a time: the cost of one merge grows with the square of its inputs. */
function mergeTree(updates: readonly Uint8Array[]): Uint8Array {
  let level = updates
  while (level.length > 1) {
    const next: Uint8Array[] = []
    for (let at = 0; at < level.length; at += mergeInputsMax) {
      next.push(Y.mergeUpdates(level.slice(at, at + mergeInputsMax)))
    }
    level = next
  }
  const [merged] = level
  if (merged === undefined) throw new Error('Nothing to fold')
  return merged
}
