// What regions tell each other, from the SDK client over the stand-in of EventBridge to who reads it.
import { BrokenCircuitError } from 'cockatiel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBreaker } from '../../../sync-api/adapters/aws/breakers'
import { announcedIn, createBus, type Announced } from '../../../sync-api/adapters/aws/bus'
import {
  breakerFailures,
  busDetailBytesMax,
  busEntriesMax
} from '../../../sync-api/adapters/aws/limits'
import { encodeKeyedEntry } from '../../../sync-api/adapters/aws/tail-entries'
import { rowsOfEntry } from '../../../sync-api/adapters/aws/update-rows'
import type { NewEntry } from '../../../sync-api/core/ports'
import { channelOf, entriesOf, entryOf } from '../../contracts/log-samples'
import { busName, openBuses, type BusBed } from '../../local-cloud/bus-bed'
import { east, south, west } from '../../local-cloud/tables-bed'

const ref = channelOf('document')
const keyOf = (entry: NewEntry): string => rowsOfEntry(ref, entry, east).key
const keyed = (entry: NewEntry) => ({ key: keyOf(entry), entry })

/** An entry that as text, in base64, has so many characters. */
function entryOfText(n: number, characters: number): NewEntry {
  const head = encodeKeyedEntry(keyed(entryOf(1, n))).length - entryOf(1, n).update.length
  return entryOf(1, n, (characters / 4) * 3 - head)
}

let bed: BusBed

afterEach(() => bed.stop())

function busIn(region: string, restMs = 1_000_000) {
  const breaker = createBreaker({
    ...{ dependency: 'bus', counts: () => true, onState: () => undefined, restMs }
  })
  return createBus({ client: bed.client(region), breaker, name: busName, region })
}

/** What a region is told, as its relay reads it. */
async function toldIn(region: string): Promise<readonly (Announced | null)[]> {
  await bed.time.advance(1_000)
  return bed.events(region).map(({ detail }) => announcedIn(detail))
}

describe('an announcement', () => {
  beforeEach(async () => {
    bed = await openBuses()
  })

  it('comes to every other region as it was made, and not back', async () => {
    const entries = [...entriesOf(1, 1, 2), entryOf(2, 7)]
    await busIn(east).announce(ref, entries)
    const told = [{ ref, entries: entries.map(keyed), keys: [] }]
    expect(await toldIn(west)).toEqual(told)
    expect(await toldIn(south)).toEqual(told)
    expect(await toldIn(east)).toEqual([])
  })

  it('of nothing is none', async () => {
    await busIn(east).announce(ref, [])
    expect(bed.buses.region(east).units.calls).toBe(0)
  })

  it('holds an entry up to 48 KB of text, and the key of a larger one', async () => {
    const entries = [entryOfText(1, busDetailBytesMax), entryOfText(2, busDetailBytesMax + 4)]
    await busIn(east).announce(ref, entries)
    expect(await toldIn(west)).toEqual([
      { ref, entries: [], keys: [keyOf(entries[1]!)] },
      { ref, entries: [keyed(entries[0]!)], keys: [] }
    ])
  })

  it('holds as many entries as fit together, in order, and each is billed as one event', async () => {
    const half = busDetailBytesMax / 2
    const entries = [1, 2, 3, 4, 5].map((n) => entryOfText(n, half))
    await busIn(east).announce(ref, entries)
    const told = await toldIn(west)
    expect(told.map((one) => one?.entries)).toEqual([
      entries.slice(0, 2).map(keyed),
      entries.slice(2, 4).map(keyed),
      entries.slice(4).map(keyed)
    ])
    expect(bed.buses.region(east).units.published).toBe(3)
  })

  it('of many events is put in as few calls as EventBridge takes', async () => {
    const count = 2 * busEntriesMax + 5
    const entries = Array.from({ length: count }, (_, at) => entryOfText(at, busDetailBytesMax))
    await busIn(east).announce(ref, entries)
    expect(bed.buses.region(east).units.calls).toBe(3)
    const told = await toldIn(west)
    expect(told.flatMap((one) => one?.entries ?? [])).toEqual(entries.map(keyed))
  })
})

describe('a bus that fails', () => {
  it('says how many events it did not take', async () => {
    bed = await openBuses({ failShare: 1 })
    const entries = [1, 2].map((n) => entryOfText(n, busDetailBytesMax))
    const announced = busIn(east).announce(ref, entries)
    await expect(announced).rejects.toThrow('The bus did not take 2 events')
  })

  it('is not asked any more after some failures in a row', async () => {
    bed = await openBuses()
    const { faults, units } = bed.buses.region(east)
    const bus = busIn(east)
    faults.set({ kind: 'error' })
    for (let n = 0; n < breakerFailures; n++) {
      await expect(bus.announce(ref, [entryOf(1, 1)])).rejects.not.toThrow(BrokenCircuitError)
    }
    faults.set({ kind: 'none' })
    await expect(bus.announce(ref, [entryOf(1, 1)])).rejects.toThrow(BrokenCircuitError)
    expect(units.calls).toBe(0)
  })

  it('is asked again after its rest', async () => {
    bed = await openBuses()
    const { faults } = bed.buses.region(east)
    const bus = busIn(east, 0)
    faults.set({ kind: 'error' })
    for (let n = 0; n < breakerFailures; n++) {
      await expect(bus.announce(ref, [entryOf(1, 1)])).rejects.toThrow()
    }
    faults.set({ kind: 'none' })
    await expect.poll(() => isTaken(bus.announce(ref, [entryOf(1, 2)]))).toBe(true)
    expect(await toldIn(west)).toEqual([{ ref, entries: [keyed(entryOf(1, 2))], keys: [] }])
  })
})

const isTaken = (announced: Promise<void>): Promise<boolean> =>
  announced.then(
    () => true,
    () => false
  )
