// What another region says it has written, by the bus: told to everybody here at once, long before it has been replicated.
import { announcedIn, type Announced } from '../../adapters/aws/bus'
import { readAll } from '../../adapters/aws/table'
import { logKey, rangeOf } from '../../adapters/aws/keys'
import { entriesOfRows } from '../../adapters/aws/update-rows'
import { handlerOf, type Handler } from './entry'
import { openRegion, type Region } from './region'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'

export type RelayEvent = { readonly detail?: unknown }

async function makeRelay(
  settings: Settings,
  surroundings: Surroundings
): Promise<Handler<RelayEvent, void>> {
  const region = await openRegion(settings, surroundings)
  return async ({ detail }) => {
    let announced: Announced | null
    try {
      announced = announcedIn(detail)
    } catch (cause) {
      // It would be no other one at the next try.
      return region.report('Could not read an event', cause)
    }
    if (announced === null) return
    try {
      await takeIn(region, announced)
    } finally {
      await region.rest()
    }
  }
}

async function takeIn(region: Region, { ref, entries, keys }: Announced): Promise<void> {
  const told = entries.map((one) => ({ ...one, durable: false }))
  if (told.length > 0) await region.takeIn(ref, told)
  for (const key of keys) {
    // Where it has not been replicated yet, it comes by the stream.
    const rows = await readAll(region.table, logKey(ref), rangeOf(key))
    const there = entriesOfRows(rows).map((one) => ({ ...one, durable: true }))
    if (there.length > 0) await region.takeIn(ref, there)
  }
}

export const createRelayHandler = (surroundings: Surroundings): Handler<RelayEvent, void> =>
  handlerOf(makeRelay, surroundings)

export const handler = handlerOf(makeRelay)
