// The log of several regions where one region is alone: folds, first readings and what the cache may lose.
import { describe, expect, it } from 'vitest'
import type { Log } from '../../../sync-api/core/ports'
import type { Cursor } from '../../../sync-api/protocol/messages'
import { updateRange, logKey } from '../../../sync-api/adapters/aws/keys'
import { rowBytesMax } from '../../../sync-api/adapters/aws/limits'
import { singleRegion } from '../../contracts/single-region'
import {
  beginning,
  channelOf,
  checkpointOf,
  entriesFrom,
  entriesOf,
  entryOf,
  pageOf,
  pagesOf
} from '../../contracts/log-samples'

const ref = channelOf('document')

/** Reads from the beginning, page by page of about `bytesMax`, and answers the last place. */
async function readToEnd(log: Log, bytesMax = 1_000_000): Promise<Cursor> {
  return (await pagesOf(log, ref, beginning, bytesMax)).at(-1)!.to
}

describe('a log of several regions', () => {
  it('gives what was read as a checkpoint, and then what came after it', async () => {
    const log = singleRegion(1).open()
    await log.append(ref, entriesOf(1, 1, 3))
    const upTo = await readToEnd(log)
    await log.append(ref, entriesOf(1, 4, 2))
    expect(await log.fold(ref, upTo, checkpointOf('three'))).toBe(true)
    const pages = await pagesOf(log, ref, beginning)
    expect(pages[0]).toMatchObject({ checkpoint: checkpointOf('three'), entries: [] })
    expect(pages.flatMap((page) => page.entries)).toEqual(entriesOf(1, 4, 2))
    const head = await log.head(ref)
    expect([...head.outboxes.values()]).toEqual([5])
    expect(head).toMatchObject({ unfoldedEntries: 2, unfoldedBytes: 16 })
  })

  it('takes out what is folded, and nothing of what is not', async () => {
    const place = singleRegion(1)
    const log = place.open()
    await log.append(ref, entriesOf(1, 1, 3))
    const upTo = await readToEnd(log)
    await log.append(ref, entriesOf(2, 1, 1))
    await log.fold(ref, upTo, checkpointOf('three'))
    const left = place.replicas.rows('here', logKey(ref)).filter(({ sk }) => sk < updateRange.upTo)
    expect(left).toHaveLength(1)
  })

  it('goes on from a place in its order after a fold', async () => {
    const log = singleRegion(1).open()
    const spans = await log.append(ref, entriesOf(1, 1, 3))
    await log.fold(ref, await readToEnd(log), checkpointOf('three'))
    expect(await entriesFrom(log, ref, spans[0]!.to)).toEqual(entriesOf(1, 2, 2))
  })

  it('folds a checkpoint together with what came after it', async () => {
    const log = singleRegion(1).open()
    await log.append(ref, entriesOf(1, 1, 2))
    await log.fold(ref, await readToEnd(log), checkpointOf('two'))
    await log.append(ref, entriesOf(1, 3, 2))
    await log.fold(ref, await readToEnd(log), checkpointOf('four'))
    const pages = await pagesOf(log, ref, beginning)
    expect(pages[0]!.checkpoint).toEqual(checkpointOf('four'))
    expect(pages.flatMap((page) => page.entries)).toEqual([])
  })

  it('refuses a fold of what was read before another', async () => {
    const log = singleRegion(1).open()
    await log.append(ref, entriesOf(1, 1, 2))
    const [one, other] = [await readToEnd(log), await readToEnd(log)]
    expect(await log.fold(ref, one, checkpointOf('one'))).toBe(true)
    expect(await log.fold(ref, other, checkpointOf('other'))).toBe(false)
    expect(await log.fold(ref, new Uint8Array([9]), checkpointOf('nowhere'))).toBe(false)
    expect((await pageOf(log, ref, beginning)).checkpoint).toEqual(checkpointOf('one'))
  })

  it('sends a reader to the beginning who stands in a checkpoint that is replaced', async () => {
    const log = singleRegion(1).open()
    await log.append(ref, entriesOf(1, 1, 2))
    await log.fold(ref, await readToEnd(log), checkpointOf('two'))
    const first = await pageOf(log, ref, beginning)
    await log.append(ref, entriesOf(1, 3, 1))
    await log.fold(ref, await readToEnd(log), checkpointOf('three'))
    expect(await log.read(ref, first.to, 1_000)).toBeNull()
  })

  it('gives all that is stored where the cache has lost its order, page by page', async () => {
    const place = singleRegion(1)
    const log = place.open()
    const spans = await log.append(ref, [...entriesOf(1, 1, 9), ...entriesOf(2, 1, 9)])
    const again = place.open()
    expect(await again.read(ref, spans[3]!.to, 1_000)).toBeNull()
    expect([...(await again.head(ref)).outboxes.values()]).toEqual([9, 9])
    const pages = await pagesOf(again, ref, beginning, 60)
    expect(pages.length).toBeGreaterThan(3)
    expect(pages.flatMap((page) => page.entries)).toEqual([
      ...entriesOf(1, 1, 9),
      ...entriesOf(2, 1, 9)
    ])
    await again.append(ref, entriesOf(3, 1, 1))
    expect(await entriesFrom(again, ref, pages.at(-1)!.to)).toEqual(entriesOf(3, 1, 1))
  })

  it('stores an entry that is too large for one row in parts, and leaves out half of one', async () => {
    const place = singleRegion(1)
    const log = place.open()
    const large = entryOf(1, 1, 2 * rowBytesMax)
    await log.append(ref, [large, entryOf(1, 2)])
    const again = place.open()
    expect(await entriesFrom(again, ref, beginning)).toEqual([large, entryOf(1, 2)])
    const [first] = place.replicas.rows('here', logKey(ref))
    await place.replicas.table('here').remove(logKey(ref), [first!.sk])
    const broken = place.open()
    expect(await entriesFrom(broken, ref, beginning)).toEqual([entryOf(1, 2)])
    expect((await broken.head(ref)).outboxes.size).toBe(0)
  })

  it('counts an outbox only as far as nothing of it is missing', async () => {
    const place = singleRegion(1)
    await place.open().append(ref, [entryOf(1, 1), entryOf(1, 3)])
    const log = place.open()
    expect([...(await log.head(ref)).outboxes.values()]).toEqual([1])
    await log.append(ref, [entryOf(1, 2)])
    expect([...(await log.head(ref)).outboxes.values()]).toEqual([3])
  })
})
