// What every log keeps to. Run on each adapter by log.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../sync-api/core/ports'
import {
  beginning,
  channelOf,
  checkpointOf,
  entriesFrom,
  entriesOf,
  entryOf,
  outboxOf,
  pageOf,
  pagesOf
} from './log-samples'

export type LogPlace = {
  open(): Promise<Log>
  /** Closes the log and opens what it left; null where nothing is left of its order. */
  reopen: ((log: Log) => Promise<Log>) | null
  /** Another log, with an id of its own. */
  openOther(): Promise<Log>
  remove(): Promise<void>
}

export type LogKind = {
  /** Whether there is what it runs on; skipped where not. */
  readonly isHere: boolean
  /** Whether nobody else writes it. */
  readonly hasOneWriter: boolean
}

export function logContract(
  name: string,
  placeOf: () => Promise<LogPlace>,
  { isHere, hasOneWriter }: LogKind = { isHere: true, hasOneWriter: true }
): void {
  describe.runIf(isHere)(`a log in ${name}`, () => {
    let place: LogPlace
    let log: Log
    const ref = channelOf('document')

    beforeEach(async () => {
      place = await placeOf()
      log = await place.open()
    })
    afterEach(async () => {
      await log.close()
      await place.remove()
    })

    it('is empty where nobody has written', async () => {
      const head = await log.head(ref)
      expect(head).toMatchObject({ epoch: 0, unfoldedEntries: 0, unfoldedBytes: 0 })
      expect(head.cursor).toEqual(beginning)
      expect(head.outboxes.size).toBe(0)
      expect(await pageOf(log, ref, beginning)).toMatchObject({ more: false, entries: [] })
    })

    it('gives back what was appended, byte for byte and in order', async () => {
      const entries = [...entriesOf(1, 1, 3), ...entriesOf(2, 1, 2)]
      await log.append(ref, entries)
      expect(await entriesFrom(log, ref, beginning)).toEqual(entries)
    })

    it('says where the log stood before and after each entry', async () => {
      const appended = await log.append(ref, entriesOf(1, 1, 3))
      expect(appended[0]!.from).toEqual(beginning)
      expect(appended[1]!.from).toEqual(appended[0]!.to)
      expect(appended[2]!.to).toEqual((await log.head(ref)).cursor)
      expect(await entriesFrom(log, ref, appended[1]!.to)).toEqual([entryOf(1, 3)])
    })

    it('keeps the order in which concurrent appends to a channel were asked for', async () => {
      const entries = entriesOf(1, 1, 40)
      const spans = await Promise.all(entries.map((entry) => log.append(ref, [entry])))
      expect(await entriesFrom(log, ref, beginning)).toEqual(entries)
      const froms = spans.slice(1).map(([span]) => span!.from)
      expect(froms).toEqual(spans.slice(0, -1).map(([span]) => span!.to))
    })

    it('keeps channels apart', async () => {
      const comments = { ...ref, channel: 'comments' as const }
      await Promise.all([
        log.append(ref, [entryOf(1, 1)]),
        log.append(comments, [entryOf(2, 1)]),
        log.append(channelOf('other'), [entryOf(3, 1)])
      ])
      expect(await entriesFrom(log, comments, beginning)).toEqual([entryOf(2, 1)])
      expect(await entriesFrom(log, ref, beginning)).toEqual([entryOf(1, 1)])
    })

    it('knows the last number of every outbox and how much is unfolded', async () => {
      await log.append(ref, [...entriesOf(1, 1, 3), entryOf(2, 1)])
      const head = await log.head(ref)
      expect([...head.outboxes]).toEqual([
        [outboxOf(1), 3],
        [outboxOf(2), 1]
      ])
      expect(head).toMatchObject({ unfoldedEntries: 4, unfoldedBytes: 32 })
    })

    it('fills a page up to its bound and never leaves it empty', async () => {
      await log.append(ref, [entryOf(1, 1, 5_000), ...entriesOf(1, 2, 20)])
      const pages = await pagesOf(log, ref, beginning, 100)
      expect(pages[0]!.entries).toHaveLength(1)
      for (const page of pages.slice(1)) {
        expect(page.entries.length).toBeGreaterThan(0)
        expect(page.entries.length).toBeLessThanOrEqual(100 / 8)
      }
      expect(pages.flatMap((page) => page.entries).map(({ n }) => n)).toEqual(
        Array.from({ length: 21 }, (_, index) => index + 1)
      )
      expect(pages.at(-1)!.to).toEqual((await log.head(ref)).cursor)
    })

    it('does not know cursors of another log, of the future or of nothing', async () => {
      const [span] = await log.append(ref, [entryOf(1, 1)])
      const other = await place.openOther()
      const [foreign] = await other.append(ref, [entryOf(1, 1)])
      await other.close()
      expect(await log.read(ref, foreign!.to, 1_000)).toBeNull()
      const future = span!.to.slice()
      future[future.length - 1] = 100
      expect(await log.read(ref, future, 1_000)).toBeNull()
      expect(await log.read(ref, new Uint8Array([1, 2, 3]), 1_000)).toBeNull()
      expect(await log.read(ref, new Uint8Array(64).fill(255), 1_000)).toBeNull()
    })

    describe.runIf(hasOneWriter)(
      'with one writer, whose cursors outlive folds and the process',
      () => {
        it('gives the checkpoint first and alone after a fold, then what came after it', async () => {
          const spans = await log.append(ref, entriesOf(1, 1, 5))
          const checkpoint = checkpointOf('one to three')
          expect(await log.fold(ref, spans[2]!.to, checkpoint)).toBe(true)
          const pages = await pagesOf(log, ref, beginning)
          expect(pages[0]).toMatchObject({ checkpoint, entries: [], more: true })
          expect(pages[0]!.to).toEqual(spans[2]!.to)
          expect(pages[1]!.entries).toEqual(entriesOf(1, 4, 2))
          expect(pages).toHaveLength(2)
        })

        it('takes exactly the folded entries out and leaves the head where it was', async () => {
          const spans = await log.append(ref, [...entriesOf(1, 1, 3), ...entriesOf(2, 1, 2)])
          const before = await log.head(ref)
          await log.fold(ref, spans[3]!.to, checkpointOf('folded'))
          const head = await log.head(ref)
          expect(head.cursor).toEqual(before.cursor)
          expect([...head.outboxes]).toEqual([...before.outboxes])
          expect(head).toMatchObject({ unfoldedEntries: 1, unfoldedBytes: 8 })
          expect(await entriesFrom(log, ref, spans[3]!.to)).toEqual([entryOf(2, 2)])
        })

        it('gives the checkpoint to a cursor that stands inside of it', async () => {
          const spans = await log.append(ref, entriesOf(1, 1, 4))
          await log.fold(ref, spans[2]!.to, checkpointOf('folded'))
          const page = await pageOf(log, ref, spans[0]!.to)
          expect(page.checkpoint).toEqual(checkpointOf('folded'))
          expect(page.to).toEqual(spans[2]!.to)
        })

        it('refuses a fold when another was there first', async () => {
          const spans = await log.append(ref, entriesOf(1, 1, 4))
          const folds = await Promise.all([
            log.fold(ref, spans[3]!.to, checkpointOf('first')),
            log.fold(ref, spans[3]!.to, checkpointOf('again')),
            log.fold(ref, spans[1]!.to, checkpointOf('late'))
          ])
          expect(folds).toEqual([true, false, false])
          const page = await pageOf(log, ref, beginning)
          expect(page).toMatchObject({ checkpoint: checkpointOf('first'), more: false })
        })

        it('folds a checkpoint together with what came after it', async () => {
          const first = await log.append(ref, entriesOf(1, 1, 2))
          await log.fold(ref, first[1]!.to, checkpointOf('two'))
          const second = await log.append(ref, entriesOf(1, 3, 2))
          expect(await log.fold(ref, second[1]!.to, checkpointOf('four'))).toBe(true)
          const pages = await pagesOf(log, ref, beginning)
          expect(pages).toHaveLength(1)
          expect(pages[0]!.checkpoint).toEqual(checkpointOf('four'))
        })

        it('appends while a fold is under way, and loses neither', async () => {
          const spans = await log.append(ref, entriesOf(1, 1, 3))
          await Promise.all([
            log.append(ref, [entryOf(1, 4)]),
            log.fold(ref, spans[2]!.to, checkpointOf('three')),
            log.append(ref, [entryOf(1, 5)])
          ])
          expect(await entriesFrom(log, ref, spans[2]!.to)).toEqual(entriesOf(1, 4, 2))
          expect((await log.head(ref)).unfoldedEntries).toBe(2)
        })

        it('answers reads while a fold is under way, as they were before it or are after it', async () => {
          const last = 20
          const spans = await log.append(ref, entriesOf(1, 1, last))
          for (let upTo = 1; upTo < last; upTo++) {
            let folding = true
            const folded = log
              .fold(ref, spans[upTo - 1]!.to, checkpointOf(`${upTo}`))
              .finally(() => {
                folding = false
              })
            while (folding) {
              const pages = await pagesOf(log, ref, beginning)
              const entries = pages.flatMap((page) => page.entries)
              const held = last - entries.length
              expect([upTo - 1, upTo]).toContain(held)
              expect(pages[0]!.checkpoint).toEqual(held === 0 ? null : checkpointOf(`${held}`))
              expect(entries).toEqual(entriesOf(1, held + 1, last - held))
              await new Promise((resolve) => setImmediate(resolve))
            }
            await folded
          }
        })

        it('rejects a fold up to where the log has never been', async () => {
          await log.append(ref, [entryOf(1, 1)])
          const nowhere = new Uint8Array([9, 9])
          await expect(log.fold(ref, nowhere, checkpointOf('x'))).rejects.toThrow('Not a position')
        })

        it('has everything again after it was closed and opened', async ({ skip }) => {
          if (place.reopen === null) return skip('memory leaves nothing')
          const spans = await log.append(ref, [...entriesOf(1, 1, 4), ...entriesOf(2, 1, 2)])
          await log.fold(ref, spans[4]!.to, checkpointOf('five'))
          const before = await log.head(ref)
          log = await place.reopen(log)
          const head = await log.head(ref)
          expect(head.cursor).toEqual(before.cursor)
          expect(new Map(head.outboxes)).toEqual(new Map(before.outboxes))
          expect(head).toMatchObject({ unfoldedEntries: 1, unfoldedBytes: 8 })
          expect((await pageOf(log, ref, beginning)).checkpoint).toEqual(checkpointOf('five'))
          const [next] = await log.append(ref, [entryOf(2, 3)])
          expect(next!.from).toEqual(before.cursor)
          expect(await entriesFrom(log, ref, spans[4]!.to)).toEqual(entriesOf(2, 2, 2))
        })
      }
    )
  })
}
