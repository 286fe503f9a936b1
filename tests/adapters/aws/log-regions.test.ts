// One log that three regions write, through the SDK client and replication as DynamoDB's global tables have it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { Log, NewEntry } from '../../../sync-api/core/ports'
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
import { east, regions, south, west } from '../../local-cloud/tables-bed'
import { openLogRegions, type LogRegions } from './log-regions'

const ref = channelOf('document')

let place: LogRegions

beforeEach(async () => {
  place = await openLogRegions()
})
afterEach(() => place.stop())

/** What each region gives from the beginning, by outbox and number. */
const given = async (log: Log) =>
  (await entriesFrom(log, ref, beginning)).map(({ outbox, n }) => `${outbox} ${n}`).toSorted()

const named = (entries: readonly NewEntry[]) =>
  entries.map(({ outbox, n }) => `${outbox} ${n}`).toSorted()

async function readToEnd(log: Log) {
  return (await pagesOf(log, ref, beginning)).at(-1)!.to
}

describe('what a region appends', () => {
  it('is read there at once, and in the others when it has come', async () => {
    await place.in(east).append(ref, entriesOf(1, 1, 3))
    expect(await entriesFrom(place.in(east), ref, beginning)).toEqual(entriesOf(1, 1, 3))
    expect(await entriesFrom(place.in(west), ref, beginning)).toEqual([])
    await place.settle()
    for (const region of regions)
      expect(await given(place.in(region))).toEqual(named(entriesOf(1, 1, 3)))
  })

  it('comes in the stream to whoever reads on in another region', async () => {
    const log = place.in(west)
    await log.append(ref, [entryOf(2, 1)])
    const { cursor } = await log.head(ref)
    await place.in(east).append(ref, entriesOf(1, 1, 3))
    expect(await entriesFrom(log, ref, cursor)).toEqual([])
    await place.settle()
    expect(named(await entriesFrom(log, ref, cursor))).toEqual(named(entriesOf(1, 1, 3)))
    expect((await log.head(ref)).outboxes.size).toBe(2)
  })

  it('is one entry where it was pushed to two regions', async () => {
    const twice = entriesOf(1, 1, 2)
    await Promise.all([place.in(east).append(ref, twice), place.in(west).append(ref, twice)])
    await place.settle()
    for (const region of regions) expect(await given(place.in(region))).toEqual(named(twice))
    expect(place.keysIn(south)).toHaveLength(2)
  })

  it('is everywhere after a region was cut off and written to meanwhile', async () => {
    place.bed.tables.isolate(west)
    await place.in(west).append(ref, entriesOf(1, 1, 2))
    await place.in(east).append(ref, entriesOf(2, 1, 2))
    await place.settle()
    expect(await given(place.in(south))).toEqual(named(entriesOf(2, 1, 2)))
    expect(await given(place.in(west))).toEqual(named(entriesOf(1, 1, 2)))
    place.bed.tables.rejoin(west)
    await place.settle()
    const all = named([...entriesOf(1, 1, 2), ...entriesOf(2, 1, 2)])
    for (const region of regions) expect(await given(place.in(region))).toEqual(all)
  })
})

describe('a region that asks the others', () => {
  it('has what they have before it has come', async () => {
    const log = place.in(west)
    await log.append(ref, [entryOf(3, 1)])
    const { cursor } = await log.head(ref)
    await place.in(east).append(ref, entriesOf(1, 1, 2))
    await place.in(south).append(ref, [entryOf(2, 1)])
    await log.consult(ref)
    const theirs = [...entriesOf(1, 1, 2), entryOf(2, 1)]
    const all = named([...theirs, entryOf(3, 1)])
    expect(named(await entriesFrom(log, ref, cursor))).toEqual(named(theirs))
    expect(await given(log)).toEqual(all)
    expect(place.keysIn(west)).toHaveLength(4)
    await place.settle()
    for (const region of regions) expect(await given(place.in(region))).toEqual(all)
  })

  it('says so when one of them does not answer', async () => {
    place.bed.tables.region(south).faults.set({ kind: 'refuse' })
    await expect(place.in(west).consult(ref)).rejects.toThrow()
    place.bed.tables.region(south).faults.set({ kind: 'none' })
    await place.in(west).consult(ref)
  })
})

describe('a fold', () => {
  it('is read by every region, and what is in it goes when all of them have it', async () => {
    await place.in(east).append(ref, entriesOf(1, 1, 3))
    await place.settle()
    const upTo = await readToEnd(place.in(west))
    await place.in(east).append(ref, [entryOf(1, 4)])
    place.bed.tables.isolate(south)
    expect(await place.in(west).fold(ref, upTo, checkpointOf('three'))).toBe(true)
    await place.settle()
    expect(updatesIn(south)).toHaveLength(3)
    expect(updatesIn(west)).toHaveLength(4)
    place.bed.tables.rejoin(south)
    await place.settle()
    await place.settle()
    for (const region of regions) {
      const pages = await pagesOf(place.in(region), ref, beginning)
      expect(pages[0]).toMatchObject({ checkpoint: checkpointOf('three'), entries: [] })
      expect(pages.flatMap(({ entries }) => entries)).toEqual([entryOf(1, 4)])
      expect(updatesIn(region)).toHaveLength(1)
    }
  })

  it('that every region holds meanwhile does not end a reading that has begun with it', async () => {
    await place.in(east).append(ref, entriesOf(1, 1, 3))
    await place.settle()
    const upTo = await readToEnd(place.in(west))
    await place.in(east).append(ref, [entryOf(1, 4)])
    place.bed.tables.isolate(south)
    await place.in(west).fold(ref, upTo, checkpointOf('three'))
    await place.settle()
    const first = await pageOf(place.in(west), ref, beginning)
    expect(first).toMatchObject({ checkpoint: checkpointOf('three'), more: true })
    expect(updatesIn(west)).toHaveLength(4)
    place.bed.tables.rejoin(south)
    await place.settle()
    await place.settle()
    expect(updatesIn(west)).toHaveLength(1)
    expect((await pageOf(place.in(west), ref, first.to)).entries).toEqual([entryOf(1, 4)])
  })

  it('of one region stands beside one of another, and together they hold all', async () => {
    const [one, other] = [writes(1, 'in the east'), writes(2, 'in the west')]
    await place.in(east).append(ref, [one])
    await place.in(west).append(ref, [other])
    const [here, there] = [await readToEnd(place.in(east)), await readToEnd(place.in(west))]
    expect(await place.in(east).fold(ref, here, checkpointOfAll([one]))).toBe(true)
    expect(await place.in(west).fold(ref, there, checkpointOfAll([other]))).toBe(true)
    await place.settle()
    await place.settle()
    for (const region of regions) {
      expect(updatesIn(region)).toEqual([])
      expect(await textIn(place.in(region))).toEqual(['in the east', 'in the west'])
    }
  })
})

describe('a region that was taken away and comes back', () => {
  it('has all that the others have', async () => {
    await place.in(east).append(ref, entriesOf(1, 1, 3))
    await place.settle()
    await place.bed.tables.drop(south)
    await place.in(west).append(ref, [entryOf(2, 1)])
    await place.bed.tables.add(south)
    await place.settle()
    expect(place.bed.tables.isFilled(south)).toBe(true)
    expect(place.keysIn(south)).toEqual(place.keysIn(east))
    expect(place.keysIn(south)).toHaveLength(4)
  })
})

const updatesIn = (region: string) => place.keysIn(region).filter((key) => key.startsWith('1U#'))

/** An entry that writes a text under its outbox's name. */
function writes(outbox: number, text: string): NewEntry {
  const doc = new Y.Doc()
  doc.clientID = outbox
  doc.getText(`${outbox}`).insert(0, text)
  return { ...entryOf(outbox, 1), update: Y.encodeStateAsUpdate(doc), clients: [outbox] }
}

const checkpointOfAll = (entries: readonly NewEntry[]) => ({
  ...checkpointOf('all'),
  update: Y.mergeUpdates(entries.map(({ update }) => update))
})

/** What somebody sees who reads a log from the beginning. */
async function textIn(log: Log): Promise<readonly string[]> {
  const doc = new Y.Doc()
  for (const { checkpoint, entries } of await pagesOf(log, ref, beginning)) {
    if (checkpoint !== null) Y.applyUpdate(doc, checkpoint.update)
    for (const { update } of entries) Y.applyUpdate(doc, update)
  }
  return [1, 2].map((outbox) => doc.getText(`${outbox}`).toString())
}
