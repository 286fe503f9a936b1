// What every store gives back to a log that has lost something: run with the rest of its contract.
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import type { Store } from './store'
import { aRef, aVoucher, aWriter, bytes, createTypist, textOf } from './store-samples'

const here = bytes('here')
const there = bytes('there')
const nowhere = new Uint8Array()

/** `open` makes an empty store. */
export function givingBackContract(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
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

    test('[RE5] gives entries of others back as they were, folded since or not, and nothing twice', async () => {
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
  })
}
