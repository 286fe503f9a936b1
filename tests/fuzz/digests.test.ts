// Whatever honest people do, and however it is folded, sealed and stored: equal copies have equal digests.
import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { digestOfState } from '../../app/store/fold'
import { digestUpdates } from '../../sync-api/core/digest'
import { digestOf } from '../../sync-api/protocol/digest'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { createSeeded } from '../protocol/seeded'
import { liveHonestly, type Tally } from './yjs-people'

/** Copies that are compared with the log, over all sessions. */
const comparisons = 3_000

test(`[DI1] ${comparisons} copies of sessions with undo, marks, folds and time offline have the digest of their log`, () => {
  let compared = 0
  const different: string[] = []
  const tally: Tally = { checked: 0, refused: [] }
  for (let seed = 1; compared < comparisons; seed++) {
    liveHonestly(seed, createSeeded(seed), tally, 200, (rows, open, entries) => {
      const log = digestUpdates([entryZero, ...entries])
      const { sv, ds } = Y.snapshot(open)
      compared += 1
      expect(entries.length).toBeGreaterThan(0)
      const copies = {
        stored: digestOfState('content', rows),
        open: digestOf({ clocks: sv, deletions: ds.clients })
      }
      for (const [name, digest] of Object.entries(copies)) {
        if (!same(digest, log)) different.push(`seed ${seed}, comparison ${compared}: ${name}`)
      }
    })
  }
  expect(different).toEqual([])
})

test('[DI1] a copy that lacks an insertion or a deletion has another digest', () => {
  let compared = 0
  const unseen: string[] = []
  for (let seed = 1; compared < 200; seed++) {
    const random = createSeeded(seed)
    liveHonestly(seed, random, { checked: 0, refused: [] }, 60, (rows) => {
      const left = random.below(rows.length)
      const lacking = rows.filter((_, at) => at !== left)
      // What others hold as well is not lost: a fold, or what was read twice.
      if (Y.equalSnapshots(snapshotOf(rows), snapshotOf(lacking))) return
      compared += 1
      if (same(digestOfState('content', rows), digestOfState('content', lacking))) {
        unseen.push(`seed ${seed}`)
      }
    })
  }
  expect(unseen).toEqual([])
})

function snapshotOf(updates: readonly Uint8Array[]): Y.Snapshot {
  const doc = new Y.Doc()
  for (const update of [entryZero, ...updates]) Y.applyUpdate(doc, update)
  return Y.snapshot(doc)
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
