// Every minute: a sign of life for the other regions, how far behind they are here, and who is connected.
import { allOf } from '../../core/all-of'
import { metricNames } from '../../adapters/aws/metric-names'
import { readAll, type Table } from '../../adapters/aws/table'
import { handlerOf, type Handler } from './entry'
import { openRegion, type Region } from './region'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'

/** Partition of the regions' signs of life, with a row of each. */
const signs = 'HB'
const allSigns = { after: '', upTo: '~' }

async function makeTick(
  settings: Settings,
  surroundings: Surroundings
): Promise<Handler<unknown, void>> {
  const region = await openRegion(settings, surroundings)
  return async () => {
    try {
      await allOf([signal(region), count(region)])
    } finally {
      await region.rest()
    }
  }
}

async function signal({ settings, table, metrics, now }: Region): Promise<void> {
  const { region, regions } = settings
  await sign(table, region, now())
  const ages = (await readAll(table, signs, allSigns))
    .filter(({ sk }) => sk !== region && regions.includes(sk))
    .map(({ at }) => now() - at)
  // Of a region that never gave one nothing can be said: it has just been added.
  if (ages.length > 0) metrics.gauge(metricNames.replicationLagMs, Math.max(0, ...ages))
}

async function sign(table: Table, region: string, at: number): Promise<void> {
  const [before] = await table.get(signs, [region])
  const revision = (before?.revision ?? 0) + 1
  // False where another tick of this minute was first: then the sign is as new.
  await table.putNext({ pk: signs, sk: region, body: new Uint8Array(1), region, at, revision })
}

/** Counts the people, and closes connections whose ticket ran out. */
async function count({ connections, callbacks, rooms, metrics }: Region): Promise<void> {
  const { all, overdue } = await connections.count()
  metrics.gauge(metricNames.people, all)
  for (const connection of overdue) {
    await callbacks.close(connection)
    rooms.gone(connection)
  }
}

export const createTick = (surroundings: Surroundings): Handler<unknown, void> =>
  handlerOf(makeTick, surroundings)

export const handler = handlerOf(makeTick)
