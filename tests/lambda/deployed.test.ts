// What anybody can see of a deployment from outside, on the real functions and stand-ins of everything below them.
import { afterEach, expect, it } from 'vitest'
import { metricNames } from '../../sync-api/adapters/aws/metric-names'
import { openBed, regions, verify, west, type Bed } from './bed'

let bed: Bed
afterEach(() => bed.stop())

it('One region passes every check that a deployed one has to pass', async () => {
  bed = await openBed()
  const [region] = bed.regions
  const behind = region!.api.url
  const { failed, passed } = await verify(bed.url, '--behind', behind)
  expect(failed).toEqual([])
  expect(passed.length).toBeGreaterThan(60)
  bed.expectWell()
  expect(bed.metric(west, metricNames.updates)).toBeGreaterThan(100)
  await region!.tick()
  expect(bed.metric(west, metricNames.people)).toBe(0)
})

it('Three regions pass them while messages overtake and events come twice', async () => {
  let turn = 0
  bed = await openBed({ regions, duplicates: 0.2, deliveryMs: () => (++turn % 5) * 3 })
  const { failed, passed } = await verify(bed.url, '--regions', regions.join(','))
  expect(failed).toEqual([])
  expect(passed.length).toBeGreaterThan(60)
  bed.expectWell()
})
