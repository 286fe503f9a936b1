// What is learned of a log whose folds have gaps: a region folds what has come to it, and the rest comes later.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createKnown, endOf } from '../../sync-api/core/known'
import { learnUpdate } from '../../sync-api/core/update-check'
import { entryZero } from '../../sync-api/protocol/entry-zero'

const ada = 7

test('learns what stands behind a gap of a fold once something else has filled the gap', () => {
  const doc = new Y.Doc()
  doc.clientID = ada
  const pieces: Uint8Array[] = []
  doc.on('update', (piece: Uint8Array) => pieces.push(piece))
  for (const word of ['one ', 'two ', 'three ']) doc.getText('title').insert(0, word)
  const [first, second, third] = pieces
  // As a region folds it to which the second has not come yet.
  const gapped = Y.mergeUpdates([first!, third!])
  const all = createKnown()
  learnUpdate(all, entryZero, 'content')
  expect(learnUpdate(all, gapped, 'content')).toBe(false)
  expect(learnUpdate(all, second!, 'content')).toBe(true)
  expect(learnUpdate(all, gapped, 'content')).toBe(true)
  expect(endOf(all, ada)).toBe('one two three '.length)
})
