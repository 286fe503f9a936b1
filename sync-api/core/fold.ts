// Folds updates into one, through a Y.Doc: pure, and run where it keeps nobody waiting.
import * as Y from 'yjs'
import { sameBytes } from '../protocol/bytes'
import { shownContent } from './shown-content'
import { takeAll } from './take-all'

/**
 * One update that gives the same document as all of `updates`: clocks, deletions and content. What
 * misses something it builds on is kept. Throws when the result would not load to the same.
 */
export function foldUpdates(updates: readonly Uint8Array[]): Uint8Array {
  const doc = loaded(updates)
  const folded = Y.encodeStateAsUpdate(doc)
  const again = loaded([folded])
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

// One after the other, in the order of the log, as every reader takes them: where two say different
// things of one insertion the first counts, and merged beforehand it would be either.
function loaded(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  const [failed] = takeAll(doc, updates)
  if (failed !== undefined) throw failed.cause
  return doc
}

function deletions(doc: Y.Doc): Uint8Array {
  return Y.encodeSnapshot(Y.createSnapshot(Y.snapshot(doc).ds, new Map()))
}
