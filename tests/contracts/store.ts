// What every store must do, whichever place it keeps things in: run against the twin and Dexie.
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { digestedBytesMax } from '../../app/store/digest'
import { digestOfState } from '../../app/store/fold'
import type { DigestStore, ReplicaStore, SyncStore } from '../../app/store/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { writersPerPushMax } from '../../sync-api/protocol/limits'
import { aVoucher, aRef, aWriter, bytes, createTypist, textOf } from './store-samples'

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

    test('gives back what a log has lost, before what it never had, under a new outbox', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(1))
      const first = typist.type('a')
      await store.appendLocal(ref, [first])
      const [kept] = await store.seal(ref)
      await store.settle(ref, kept!.outbox, 1, nowhere, here)
      await store.appendLocal(ref, [typist.type('b')])
      const [, lost] = [kept, ...(await store.seal(ref))]
      await store.settle(ref, lost!.outbox, 2, here, here)
      await store.receive(ref, [createTypist(ref, aWriter(2)).type('x').update], here, here)
      await store.appendLocal(ref, [typist.type('c')])
      const [waiting] = await store.seal(ref)
      await store.appendLocal(ref, [typist.type('d')])
      expect(await store.state(ref)).toMatchObject({ outboxRows: 1 })
      expect(await store.giveBack(ref, [first.update], here, there)).toEqual(there)
      const batches = await store.seal(ref)
      expect(batches.map(({ n }) => n)).toEqual([1, 2, 3])
      expect(batches[0]!.outbox).not.toBe(kept!.outbox)
      expect(batches[1]).toEqual({ ...waiting, n: 2, outbox: batches[0]!.outbox })
      const log = [first.update, ...batches.map(({ update }) => update)]
      expect([...textOf(log)].sort().join('')).toBe('abcdx')
    })

    test('gives nothing back that a log has, deletions included', async () => {
      const store = await open()
      const ref = aRef(1)
      const doc = new Y.Doc()
      doc.getText('title').insert(0, 'abc')
      const before = Y.encodeStateAsUpdate(doc)
      doc.getText('title').delete(1, 1)
      const after = Y.encodeStateAsUpdate(doc)
      await store.receive(ref, [entryZero, after], nowhere, here)
      await store.giveBack(ref, [after], here, there)
      expect(await store.seal(ref)).toEqual([])
      await store.giveBack(ref, [before], there, there)
      const [deletion] = await store.seal(ref)
      expect(textOf([before, deletion!.update])).toBe('ac')
    })

    test('gives entries of others back as they were, folded since or not, and nothing twice', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(2))
      const entries = ['a', 'b', 'c', 'd'].map((text) => typist.type(text).update)
      const vouchers = entries.map((_, at) => aVoucher(at + 1))
      await store.receive(ref, entries.slice(0, 3), nowhere, here, vouchers)
      await store.compact(ref)
      await store.receive(ref, entries.slice(3), here, there, vouchers.slice(3))
      await store.giveBack(ref, entries.slice(0, 2), there, there)
      const given = await store.seal(ref)
      expect(given.map(({ update, voucher }) => [update, voucher])).toEqual([
        [entries[2], vouchers[2]],
        [entries[3], vouchers[3]]
      ])
      expect(given.map(({ n, writers }) => [n, writers])).toEqual([
        [1, []],
        [2, []]
      ])
    })

    test('gives back without vouchers what it has none for, and what they would come before', async () => {
      const store = await open()
      const ref = aRef(1)
      const [first, other] = [createTypist(ref, aWriter(1)), new Y.Doc()]
      const lost = first.type('a')
      await store.appendLocal(ref, [lost])
      const [sent] = await store.seal(ref)
      await store.settle(ref, sent!.outbox, sent!.n, nowhere, nowhere)
      Y.applyUpdate(other, lost.update)
      const before = Y.encodeStateVector(other)
      other.getText('title').insert(1, 'b')
      // It builds on what only this device can give back, under its own name.
      const answer = Y.encodeStateAsUpdate(other, before)
      await store.receive(ref, [answer], nowhere, here, [aVoucher(1)])
      await store.giveBack(ref, [], here, here)
      const given = await store.seal(ref)
      expect(given.map(({ voucher }) => voucher)).toEqual([undefined])
      expect(textOf(given.map(({ update }) => update))).toBe('ab')
    })

    test('keeps the newest entries of others, up to a bound', async () => {
      const store = await open()
      const ref = aRef(1)
      const typist = createTypist(ref, aWriter(2))
      const entries = ['x', 'y', 'z'].map((letter) => typist.type(letter.repeat(100_000)).update)
      const vouchers = entries.map((_, at) => aVoucher(at + 1))
      await store.receive(ref, entries, nowhere, here, vouchers)
      await store.compact(ref)
      await store.giveBack(ref, entries.slice(0, 1), here, here)
      expect((await store.seal(ref)).map(({ voucher }) => voucher)).toEqual(vouchers.slice(1))
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
