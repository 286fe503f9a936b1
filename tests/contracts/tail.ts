// What a region's order of a log keeps to. Run on Redis and on its twin in memory by tail.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Tail, TailEntry } from '../../sync-api/adapters/aws/tail'
import { rowsOfEntry } from '../../sync-api/adapters/aws/update-rows'
import type { ChannelRef } from '../../sync-api/protocol/ids'
import { channelOf, entryOf } from './log-samples'

export type TailPlaceToTest = {
  readonly tail: Tail
  /** Entries it keeps. */
  readonly entriesMax: number
  /** Forgets everything, as a cache may. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** `isHere`: whether there is what it runs on; skipped where not. */
export function tailContract(
  name: string,
  placeOf: () => Promise<TailPlaceToTest>,
  isHere = true
): void {
  describe.runIf(isHere)(`an order in ${name}`, () => {
    let place: TailPlaceToTest
    let tail: Tail
    let ref: ChannelRef
    let documents = 0

    const told = (outbox: number, n: number, durable = true): TailEntry => {
      const entry = entryOf(outbox, n)
      return { ...rowsOfEntry(ref, entry, 'here'), entry, durable }
    }
    const keyed = ({ key, entry, durable }: TailEntry) => ({ key, entry, durable })

    beforeAll(async () => {
      place = await placeOf()
      tail = place.tail
    })
    afterAll(() => place.stop())
    beforeEach(() => {
      ref = channelOf(`document ${documents++}`)
    })

    it('answers nothing before it has begun', async () => {
      expect(await tail.read(ref, 0)).toBeNull()
      expect(await tail.add(ref, [told(1, 1)])).toBeNull()
      expect(await tail.unsettled(ref)).toBeNull()
      expect(await tail.knows(ref, [told(1, 1).key])).toBeNull()
    })

    it('begins once, after the number it is given first', async () => {
      const begun = await tail.begin(ref, 1)
      expect(begun).toMatchObject({ first: 2, last: 1, entries: [], unsettled: null })
      expect(await tail.begin(ref, 0)).toEqual(begun)
      expect(begun.id).toHaveLength(8)
    })

    it('gives entries numbers in the order they come, and gives them back byte for byte', async () => {
      const { id } = await tail.begin(ref, 0)
      const places = await tail.add(ref, [told(1, 1), told(2, 1)])
      expect(places).toEqual([
        { id, sequence: 1, isNew: true, hasReached: false },
        { id, sequence: 2, isNew: true, hasReached: false }
      ])
      await tail.add(ref, [told(1, 2)])
      const view = await tail.read(ref, 1)
      expect(view).toMatchObject({ first: 1, last: 3 })
      expect(view!.entries.map(keyed)).toEqual([told(2, 1), told(1, 2)].map(keyed))
      expect(view!.entries.map(({ sequence }) => sequence)).toEqual([2, 3])
      expect((await tail.read(ref, Infinity))!.entries).toEqual([])
    })

    it('remembers what has reached everybody, of this order alone', async () => {
      const { id } = await tail.begin(ref, 0)
      await tail.add(ref, [told(1, 1), told(1, 2)])
      await tail.reached(ref, Uint8Array.from(id).reverse(), [1, 2])
      await tail.reached(ref, id, [2])
      const places = (await tail.add(ref, [told(1, 1), told(1, 2)]))!
      expect(places.map(({ hasReached }) => hasReached)).toEqual([false, true])
      await tail.end(ref)
      expect(await tail.reached(ref, id, [1])).toBeNull()
    })

    it('finds again what was told before', async () => {
      await tail.begin(ref, 0)
      await tail.add(ref, [told(1, 1)])
      const [again, next] = (await tail.add(ref, [told(1, 1), told(1, 2)]))!
      expect(again).toMatchObject({ sequence: 1, isNew: false })
      expect(next).toMatchObject({ sequence: 2, isNew: true })
    })

    it('knows what is not durable here until it is', async () => {
      await tail.begin(ref, 0)
      await tail.add(ref, [told(1, 1), told(2, 1, false), told(3, 1, false)])
      expect((await tail.read(ref, 0))!.unsettled).toBe(2)
      expect((await tail.unsettled(ref))!.map(keyed)).toEqual([
        keyed(told(2, 1, false)),
        keyed(told(3, 1, false))
      ])
      await tail.add(ref, [told(2, 1)])
      expect((await tail.read(ref, 0))!.unsettled).toBe(3)
      // Once it is, it stays so.
      await tail.add(ref, [told(2, 1, false)])
      expect((await tail.unsettled(ref))!.map(({ sequence }) => sequence)).toEqual([3])
    })

    it('keeps the newest, and whatever is not durable', async () => {
      await tail.begin(ref, 0)
      await tail.add(ref, [told(1, 1), told(2, 1, false)])
      const many = Array.from({ length: place.entriesMax + 10 }, (_, n) => told(3, n + 1))
      await tail.add(ref, many)
      expect(await tail.read(ref, 0)).toMatchObject({ first: 2, last: many.length + 2 })
      await tail.add(ref, [told(2, 1), told(4, 1)])
      const view = (await tail.read(ref, Infinity))!
      expect(view.last - view.first + 1).toBe(place.entriesMax)
      expect(await tail.knows(ref, [told(1, 1).key])).toBe(true)
    })

    it('says whether it remembers every key', async () => {
      await tail.begin(ref, 0)
      await tail.add(ref, [told(1, 1), told(1, 2)])
      expect(await tail.knows(ref, [told(1, 1).key, told(1, 2).key])).toBe(true)
      expect(await tail.knows(ref, [told(1, 1).key, told(1, 3).key])).toBe(false)
      expect(await tail.knows(ref, [])).toBe(true)
    })

    it('is another after it ended, and after everything was forgotten', async () => {
      const first = await tail.begin(ref, 0)
      await tail.add(ref, [told(1, 1)])
      await tail.end(ref)
      expect(await tail.read(ref, 0)).toBeNull()
      const second = await tail.begin(ref, 5)
      expect(second).toMatchObject({ first: 6, last: 5 })
      expect(second.id).not.toEqual(first.id)
      await place.flush()
      expect(await tail.read(ref, 0)).toBeNull()
      expect((await tail.begin(ref, 0)).id).not.toEqual(second.id)
    })

    it('keeps channels apart', async () => {
      const comments = { ...ref, channel: 'comments' as const }
      await tail.begin(ref, 0)
      await tail.begin(comments, 0)
      await tail.add(ref, [told(1, 1)])
      expect((await tail.read(comments, 0))!.entries).toEqual([])
    })
  })
}
