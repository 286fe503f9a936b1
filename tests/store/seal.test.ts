// Sealing changes how many updates there are, never what they say.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeUpdate } from '../../app/store/fold'
import { sealRows, structsPerBatchMax, type Unsealed } from '../../app/store/seal'
import { updateBytesMax } from '../../sync-api/protocol/limits'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { clientIdOf } from '../../sync-api/protocol/ids'
import { aPerson, aRef, aWriter } from '../contracts/store-samples'

const ref = aRef(1)

test('two hundred thousand keys become one small batch', () => {
  const batches = sealRows(keystrokes(200_000))
  expect(batches).toHaveLength(1)
  expect(batches[0]!.update.length).toBeLessThan(201_000)
  expect(textOf(batches.map((batch) => batch.update))).toBe('x'.repeat(200_000))
})

test('batches of any edits by several tabs say what the rows said, one after the other', () => {
  const step = fc.record({
    tab: fc.nat(2),
    at: fc.nat(1_000),
    kind: fc.constantFrom('insert', 'insert', 'insert', 'delete', 'format', 'share', 'entry'),
    text: fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' })
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const desk = createDesk(3)
      for (const { tab, at, kind, text: letters } of steps) {
        if (kind === 'share') desk.share(tab)
        else if (kind === 'entry') desk.set(tab, letters, at)
        else desk.edit(tab, (text) => change(text, kind, at, letters))
      }
      if (desk.rows.length === 0) return
      const direct = docOf(desk.rows.map((row) => row.update))
      const sealed = docOf(sealRows(desk.rows).map((batch) => batch.update))
      expect(sealed.store.pendingStructs).toBeNull()
      expect(sealed.getText('title').toDelta()).toEqual(direct.getText('title').toDelta())
      expect(sealed.getMap('profile').toJSON()).toEqual(direct.getMap('profile').toJSON())
      expect(Y.encodeStateVector(sealed)).toEqual(Y.encodeStateVector(direct))
    }),
    { numRuns: 300 }
  )
})

test('a joined run lets others insert into its middle', () => {
  const desk = createDesk(1)
  for (const letter of 'typed') desk.edit(0, (text) => text.insert(text.length, letter))
  const [batch] = sealRows(desk.rows)
  const rows = desk.rows.map((row) => row.update)
  const other = docOf(rows.slice(0, 3))
  other.clientID = 99
  other.getText('title').insert(2, '-')
  const inserted = Y.encodeStateAsUpdate(other)
  expect(textOf([batch!.update, inserted])).toBe(textOf([...rows, inserted]))
  expect(textOf([inserted, batch!.update])).toBe(textOf([...rows, inserted]))
})

test('a paste larger than a push is split, and no character with it', () => {
  const desk = createDesk(1)
  const book = '📖 page '.repeat(700_000)
  desk.edit(0, (text) => text.insert(0, book))
  const batches = sealRows(desk.rows)
  expect(batches.length).toBeGreaterThan(1)
  for (const batch of batches) expect(batch.update.length).toBeLessThanOrEqual(updateBytesMax)
  expect(textOf(batches.map((batch) => batch.update))).toBe(book)
})

test('scattered edits are split below the number of insertions a push may hold', () => {
  const desk = createDesk(1)
  for (let key = 0; key < 25_000; key++) desk.edit(0, (text) => text.insert(0, 'x'))
  const batches = sealRows(desk.rows)
  for (const { update } of batches) {
    expect(Y.decodeUpdate(update).structs.length).toBeLessThanOrEqual(structsPerBatchMax)
  }
  expect(textOf(batches.map((batch) => batch.update))).toHaveLength(25_000)
})

test('rows of two schemas never share a batch', () => {
  const desk = createDesk(1)
  for (const letter of 'abc') desk.edit(0, (text) => text.insert(0, letter))
  const rows = desk.rows.map((row, index) => ({ ...row, schemaMajor: index === 2 ? 2 : 1 }))
  expect(sealRows(rows).map((batch) => batch.schemaMajor)).toEqual([1, 2])
})

/** Keystrokes as Yjs writes them, made without typing into a Y.Doc. */
function keystrokes(count: number): Unsealed[] {
  const writer = aWriter(0)
  const client = clientIdOf(ref, aPerson, writer)
  return Array.from({ length: count }, (_, clock) => {
    const origin = clock === 0 ? null : Y.createID(client, clock - 1)
    const item = new Y.Item(
      Y.createID(client, clock),
      null,
      origin,
      null,
      null,
      // A root's name is how an update says the parent of a first insertion.
      'title' as unknown as Y.AbstractType<unknown>,
      null,
      new Y.ContentString('x')
    )
    const update = encodeUpdate({ structs: [item], ds: Y.createDeleteSet() })
    return { update, writer, schemaMajor: 1 }
  })
}

/** Tabs of one device: each with a Y.Doc of its own, their rows in commit order. */
function createDesk(tabs: number): {
  rows: Unsealed[]
  edit(tab: number, change: (text: Y.Text) => void): void
  set(tab: number, key: string, value: number): void
  share(tab: number): void
} {
  const rows: Unsealed[] = []
  const docs = Array.from({ length: tabs }, (_, number) => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, entryZero)
    const writer = aWriter(number)
    doc.clientID = clientIdOf(ref, aPerson, writer)
    doc.on('update', (update, origin) => {
      if (origin !== 'shared') rows.push({ update, writer, schemaMajor: 1 })
    })
    return doc
  })
  return {
    rows,
    edit: (tab, change) => change(docs[tab]!.getText('title')),
    set: (tab, key, value) => void docs[tab]!.getMap('profile').set(key, value),
    share(tab) {
      for (const { update } of [...rows]) Y.applyUpdate(docs[tab]!, update, 'shared')
    }
  }
}

function change(text: Y.Text, kind: string, at: number, letters: string): void {
  // Between characters: a cut through a surrogate pair is the editor's business to prevent.
  const content = text.toJSON()
  const edges = [...content].reduce((all, one) => [...all, all.at(-1)! + one.length], [0])
  const index = edges[at % edges.length]!
  const next = edges.find((edge) => edge > index)
  if (kind === 'insert') text.insert(index, letters)
  else if (next === undefined) return
  else if (kind === 'delete') text.delete(index, next - index)
  else text.format(index, next - index, { strong: at % 2 === 0 ? {} : null })
}

function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, entryZero)
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc
}

function textOf(updates: readonly Uint8Array[]): string {
  return docOf(updates).getText('title').toJSON()
}
