// What every store must do, whichever place it keeps things in: run against the twin and Dexie.
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { digestedBytesMax } from '../../app/store/digest'
import { digestOfState } from '../../app/store/fold'
import type { DigestStore, ReplicaStore, SyncStore } from '../../app/store/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { writersPerPushMax } from '../../sync-api/protocol/limits'
import { aRef, aVoucher, aWriter, bytes, createTypist, textOf } from './store-samples'

export type Store = ReplicaStore & SyncStore & DigestStore

const here = bytes('here')
const there = bytes('there')
const nowhere = new Uint8Array()

/** `open` makes an empty store. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    test('loads updates in the order they were committed, local and received alike', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      await store.appendLocal(ref, [typist.type('a'), typist.type('b')])
      await store.receive(ref, [bytes('from others')], nowhere, here)
      const last = typist.type('c')
      const row = await store.appendLocal(ref, [last])
      const { updates, lastRow } = await store.load(ref)
      expect(updates).toHaveLength(4)
      expect(updates[2]).toEqual(bytes('from others'))
      expect(updates[3]).toEqual(last.update)
      expect(lastRow).toBe(row)
      expect((await store.loadAfter(ref, row - 1)).updates).toEqual([last.update])
      expect(await store.loadAfter(ref, row)).toEqual({ updates: [], lastRow: row })
    })

    test('tells what this device wrote, and how much came in after that', async () => {
      const store = await open()
      const ref = aRef(1)
      expect(await store.load(ref)).toMatchObject({ writers: [], heard: 0 })
      await store.receive(ref, [bytes('before')], nowhere, here)
      expect(await store.load(ref)).toMatchObject({ writers: [], heard: 0 })
      const typists = [createTypist(ref, aWriter(1)), createTypist(ref, aWriter(2))]
      for (const typist of typists) await store.appendLocal(ref, [typist.type('a')])
      await store.receive(ref, [bytes('one'), bytes('two')], here, there)
      const { writers, heard, updates } = await store.load(ref)
      expect(writers).toEqual([aWriter(1), aWriter(2)])
      expect(heard).toBe(2)
      expect(updates.slice(-heard)).toEqual([bytes('one'), bytes('two')])
    })

    test('names writers after their rows were folded', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      await store.appendLocal(ref, [typist.type('a'), typist.type('b')])
      await store.compact(ref)
      expect(await store.load(ref)).toMatchObject({ writers: [aWriter(1)], heard: 0 })
      const [batch] = await store.seal(ref)
      await store.settle(ref, batch!.outbox, 1, nowhere, here)
      await store.receive(ref, [bytes('late')], here, there)
      expect(await store.load(ref)).toMatchObject({ writers: [aWriter(1)], heard: 1 })
    })

    test('keeps channels apart', async () => {
      const store = await open()
      const typist = createTypist(aRef(1), aWriter(1))
      await store.appendLocal(aRef(1), [typist.type('a')])
      expect((await store.load(aRef(2))).updates).toEqual([])
      expect(await store.seal(aRef(2))).toEqual([])
      expect(await store.pending()).toEqual([aRef(1)])
    })

    test('seals what lies in the outbox once, and answers the same bytes until settled', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      await store.appendLocal(ref, [typist.type('a'), typist.type('b')])
      expect(await store.state(ref)).toMatchObject({ outboxRows: 2, sealedBatches: 0 })
      const [first] = await store.seal(ref)
      expect(first).toMatchObject({ ref, n: 1, writers: [aWriter(1)], schemaMajor: 1 })
      await store.appendLocal(ref, [typist.type('c')])
      const both = await store.seal(ref)
      expect(both.map((batch) => batch.n)).toEqual([1, 2])
      expect(both[0]).toEqual(first)
      expect(await store.state(ref)).toMatchObject({ outboxRows: 0, sealedBatches: 2 })
      await store.settle(ref, both[0]!.outbox, 1, nowhere, here)
      expect((await store.seal(ref)).map((batch) => batch.n)).toEqual([2])
      await store.settle(ref, both[1]!.outbox, 2, here, there)
      expect(await store.seal(ref)).toEqual([])
      expect(await store.pending()).toEqual([])
      await store.appendLocal(ref, [typist.type('d')])
      expect((await store.seal(ref)).map((batch) => batch.n)).toEqual([3])
      expect(textOf((await store.load(ref)).updates)).toBe('abcd')
    })

    test('names at most as many writers in a batch as a push may', async () => {
      const store = await open()
      const ref = aRef(1)
      for (let number = 0; number < writersPerPushMax + 1; number++) {
        await store.appendLocal(ref, [createTypist(ref, aWriter(number)).type('x')])
      }
      const batches = await store.seal(ref)
      expect(batches.map((batch) => batch.writers.length)).toEqual([writersPerPushMax, 1])
      expect(new Set(batches.flatMap((batch) => batch.writers)).size).toBe(writersPerPushMax + 1)
    })

    test('keeps nothing of a live entry that does not begin where the cursor stands', async () => {
      const store = await open()
      const ref = aRef(1)
      expect(await store.receiveNext(ref, [bytes('first')], nowhere, here)).toEqual(here)
      expect(await store.receiveNext(ref, [bytes('again')], nowhere, here)).toEqual(here)
      expect(await store.receiveNext(ref, [bytes('too far')], there, bytes('beyond'))).toEqual(here)
      expect((await store.load(ref)).updates).toEqual([bytes('first')])
      expect(await store.receiveNext(ref, [bytes('next')], here, there)).toEqual(there)
      expect((await store.load(ref)).updates).toEqual([bytes('first'), bytes('next')])
    })

    test('moves the cursor only from where it stands', async () => {
      const store = await open()
      const ref = aRef(1)
      expect(await store.receive(ref, [], nowhere, here)).toEqual(here)
      expect(await store.receive(ref, [bytes('late')], nowhere, there)).toEqual(here)
      expect((await store.load(ref)).updates).toEqual([bytes('late')])
      expect(await store.receive(ref, [], here, there)).toEqual(there)
      expect((await store.state(ref)).cursor).toEqual(there)
    })

    test('[CU7] says that something is in a log of which no place was ever read', async () => {
      const store = await open()
      const [own, heard] = [aRef(1), aRef(2)]
      expect(await store.state(own)).toMatchObject({ placeless: false })
      await store.appendLocal(own, [createTypist(own, aWriter(1)).type('a')])
      const [batch] = await store.seal(own)
      expect(await store.state(own)).toMatchObject({ placeless: false })
      await store.settle(own, batch!.outbox, 1, here, there)
      await store.receive(heard, [bytes('live')], here, there, [aVoucher(1)])
      for (const ref of [own, heard]) {
        expect(await store.state(ref)).toMatchObject({ placeless: true })
        await store.receive(ref, [], nowhere, there)
        expect(await store.state(ref)).toMatchObject({ placeless: false })
      }
    })

    test('folds a channel into one row without changing what it says', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      for (const letter of 'folded') await store.appendLocal(ref, [typist.type(letter)])
      await store.compact(ref)
      const { updates } = await store.load(ref)
      expect(updates).toHaveLength(1)
      expect(textOf(updates)).toBe('folded')
      expect(await store.state(ref)).toMatchObject({ outboxRows: 6 })
    })

    test('folds what builds on entry zero, which no row holds', async () => {
      const store = await open()
      const ref = aRef(1)
      const doc = new Y.Doc()
      Y.applyUpdate(doc, entryZero)
      const rows: Uint8Array[] = []
      doc.on('update', (update) => rows.push(new Uint8Array(update)))
      const paragraph = doc.getXmlFragment('body').get(0) as Y.XmlElement
      paragraph.insert(0, [new Y.XmlText('one')])
      paragraph.setAttribute('kind', 'two')
      await store.receive(ref, rows, nowhere, here)
      await store.compact(ref)
      const { updates } = await store.load(ref)
      expect(updates).toHaveLength(1)
      const folded = new Y.Doc()
      Y.applyUpdate(folded, updates[0]!)
      expect(folded.getXmlFragment('body').toJSON()).toBe('<paragraph kind="two">one</paragraph>')
    })

    test('does not fold rows that build on something missing', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      typist.type('lost')
      await store.appendLocal(ref, [typist.type('a'), typist.type('b')])
      await store.compact(ref)
      expect((await store.load(ref)).updates).toHaveLength(2)
    })

    test('[DI4] makes the digest of what is stored, at its cursor, when nothing waits', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      const none = await store.digest(ref)
      expect(none).toEqual({ cursor: nowhere, digest: digestOfState('content', []) })
      const typed = typist.type('a')
      await store.appendLocal(ref, [typed])
      expect(await store.digest(ref)).toBeNull()
      const [batch] = await store.seal(ref)
      expect(await store.digest(ref)).toBeNull()
      await store.settle(ref, batch!.outbox, batch!.n, nowhere, here)
      const digest = digestOfState('content', [typed.update])
      expect(await store.digest(ref)).toEqual({ cursor: here, digest })
      await store.receive(ref, [typed.update], here, there)
      expect(await store.digest(ref)).toEqual({ cursor: there, digest })
      await store.doubt(ref)
      expect(await store.digest(ref)).toBeNull()
    })

    test('makes no digest of what would be felt', async () => {
      const store = await open()
      const ref = aRef(1)
      const long = createTypist(ref, aWriter(1)).type('x'.repeat(digestedBytesMax))
      await store.receive(ref, [long.update], nowhere, here)
      expect(await store.digest(ref)).toBeNull()
    })

    test('sets refused edits aside and begins the channel anew', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      await store.appendLocal(ref, [typist.type('a')])
      const [sent] = await store.seal(ref)
      await store.appendLocal(ref, [typist.type('b')])
      const copy = await store.setAside(ref, 'not-allowed')
      expect(copy).toBeGreaterThan(0)
      expect((await store.load(ref)).updates).toEqual([])
      expect(await store.state(ref)).toMatchObject({
        cursor: nowhere,
        outboxRows: 0,
        sealedBatches: 0
      })
      await store.appendLocal(ref, [typist.type('c')])
      const [next] = await store.seal(ref)
      expect(next!.n).toBe(1)
      expect(next!.outbox).not.toBe(sent!.outbox)
      await store.settle(ref, sent!.outbox, 1, nowhere, here)
      expect(await store.seal(ref)).toEqual([next])
    })

    test('takes no edit that was made on what was set aside for one of the channel', async () => {
      const store = await open()
      const ref = aRef(1)
      const before = createTypist(ref, aWriter(1))
      const { asides } = await store.load(ref)
      await store.appendLocal(ref, [{ ...before.type('a'), asides }])
      await store.setAside(ref, 'not-allowed')
      await store.appendLocal(ref, [{ ...before.type('late'), asides }])
      await store.receive(ref, [bytes('from others')], nowhere, here)
      const anew = await store.load(ref)
      expect(anew.asides).not.toBe(asides)
      expect(anew.updates).toEqual([bytes('from others')])
      expect((await store.loadAfter(ref, 0)).updates).toEqual([bytes('from others')])
      expect(await store.pending()).toEqual([ref])
      const edit = createTypist(ref, aWriter(2)).type('new')
      await store.appendLocal(ref, [{ ...edit, asides: anew.asides }])
      const batches = await store.seal(ref)
      expect(batches.map(({ update }) => textOf([update]))).toEqual(['new'])
      expect(batches[0]).toMatchObject({ n: 1, writers: [aWriter(2)] })
      expect((await store.load(ref)).updates).toEqual([bytes('from others'), edit.update])
    })

    test('has nothing left to send when all that waited was late', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      const { asides } = await store.load(ref)
      await store.setAside(ref, 'not-allowed')
      await store.appendLocal(ref, [{ ...typist.type('late'), asides }])
      expect(await store.seal(ref)).toEqual([])
      expect(await store.pending()).toEqual([])
      expect(await store.state(ref)).toMatchObject({ outboxRows: 0, sealedBatches: 0 })
    })
  })
}
