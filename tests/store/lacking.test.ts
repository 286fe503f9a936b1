// Whatever a log has lost, with what a device gives back it is whole, and a second time nothing is given.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { batchesLackingIn } from '../../app/store/lacking'
import { createCheckedLog } from '../fuzz/relay-double'
import { entryZero } from '../../sync-api/protocol/entry-zero'

/** What three people wrote and deleted, each now and then having heard of the others. */
function history(steps: readonly number[]): Uint8Array[] {
  const updates: Uint8Array[] = []
  const docs = [1, 2, 3].map((client) => {
    const doc = new Y.Doc()
    doc.clientID = client
    Y.applyUpdate(doc, entryZero)
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'heard') updates.push(update)
    })
    return doc
  })
  for (const step of steps) {
    const doc = docs[step % 3]!
    const text = doc.getText('title')
    if (step % 5 === 0) for (const update of [...updates]) Y.applyUpdate(doc, update, 'heard')
    if (step % 4 === 0 && text.length > 2) text.delete(step % (text.length - 1), 1)
    else text.insert(step % (text.length + 1), `${step}`)
  }
  return updates
}

function stateOf(updates: readonly Uint8Array[]): {
  text: string
  clocks: Uint8Array
  whole: boolean
} {
  const doc = new Y.Doc()
  for (const update of [entryZero, ...updates]) Y.applyUpdate(doc, update)
  const whole = doc.store.pendingStructs === null && doc.store.pendingDs === null
  return { text: doc.getText('title').toJSON(), clocks: Y.encodeStateVector(doc), whole }
}

test('a log that lost any of its entries is whole again', () => {
  const steps = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 })
  const property = fc.property(steps, fc.infiniteStream(fc.boolean()), (taken, lost) => {
    const here = history(taken)
    const there = here.filter(() => lost.next().value === true)
    const given = batchesLackingIn('content', there, here)
    const log = [...there, ...given.map(({ update }) => update)]
    expect(stateOf(log)).toEqual({ ...stateOf(here), whole: true })
    expect(batchesLackingIn('content', log, here)).toEqual([])
    // Another device that holds less has nothing to add.
    expect(batchesLackingIn('content', log, there)).toEqual([])
  })
  fc.assert(property, { numRuns: 300 })
})

test('a folded log that lacks nothing is given nothing', () => {
  const here = history([7, 11, 3, 8, 20, 4, 12, 15, 31])
  const doc = new Y.Doc()
  for (const update of [entryZero, ...here]) Y.applyUpdate(doc, update)
  expect(batchesLackingIn('content', [Y.encodeStateAsUpdate(doc)], here)).toEqual([])
})

test('what is too much for one push goes in pieces that the relay takes one after the other', () => {
  const [one, other] = [1, 2].map((client) => {
    const doc = new Y.Doc()
    doc.clientID = client
    return doc
  }) as [Y.Doc, Y.Doc]
  // Each builds on the other's last word, so that neither goes without the other.
  const here: Uint8Array[] = []
  for (const [from, to] of [
    [one, other],
    [other, one]
  ] as const) {
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'heard') return
      here.push(update)
      Y.applyUpdate(to, update, 'heard')
    })
  }
  for (let turn = 0; turn < 10_500; turn++) {
    for (const doc of [one, other]) doc.getText('title').insert(doc.getText('title').length, 'x')
  }
  const pieces = batchesLackingIn('content', [], here)
  expect(pieces.length).toBeGreaterThan(1)
  const log = createCheckedLog()
  expect(pieces.map(({ update }) => log.push(update, [], true))).toEqual(pieces.map(() => 'fine'))
  expect(stateOf(log.entries)).toEqual({ ...stateOf(here), whole: true })
})

test('what builds on something that nobody here has is left out, and keeps nothing else back', () => {
  const entries = history([7, 11, 3, 8, 20, 4, 12, 15, 31, 6, 9])
  const log = createCheckedLog()
  for (let lost = 0; lost < entries.length; lost++) {
    const here = entries.filter((_, at) => at !== lost)
    for (const { update } of batchesLackingIn('content', [], here)) {
      expect(createCheckedLog().push(update, [], true)).toBe('fine')
    }
  }
  const [first, ...rest] = entries
  for (const { update } of batchesLackingIn('content', [first!], rest)) {
    log.push(first!, [], true)
    expect(log.push(update, [], true)).toBe('fine')
  }
})
