// What anybody can see of a deployment from outside, on the real functions and stand-ins of everything below them.
import { afterEach, expect, it } from 'vitest'
import { verifyDeployment } from '../../sync-api/hosts/verify/deployment'
import { readDeploymentOptions } from '../../sync-api/hosts/verify/options'
import { metricNames } from '../../sync-api/adapters/aws/metric-names'
import { openBed, regions, west, type Bed } from './bed'

let bed: Bed
afterEach(() => bed.stop())

/** What went wrong, in the words of the command; empty when nothing did. */
async function verify(...more: string[]): Promise<readonly string[]> {
  const options = readDeploymentOptions([bed.url, '--updates', '60', '--edits', '20', ...more])
  if (options === null) throw new Error('There is nothing to verify')
  const lines: string[] = []
  const code = await verifyDeployment(options, (line) => lines.push(line))
  const failed = lines.filter((line) => line.startsWith('FAILED'))
  expect(code === 0).toBe(failed.length === 0)
  expect(lines.filter((line) => line.startsWith('ok')).length).toBeGreaterThan(60)
  return failed
}

it('One region passes every check that a deployed one has to pass', async () => {
  bed = await openBed()
  const [region] = bed.regions
  const behind = region!.api.url
  expect(await verify('--behind', behind)).toEqual([])
  bed.expectWell()
  expect(bed.metric(west, metricNames.updates)).toBeGreaterThan(100)
  await region!.tick()
  expect(bed.metric(west, metricNames.people)).toBe(0)
})

it('Three regions pass them while messages overtake and events come twice', async () => {
  let turn = 0
  bed = await openBed({ regions, duplicates: 0.2, deliveryMs: () => (++turn % 5) * 3 })
  expect(await verify('--regions', regions.join(','))).toEqual([])
  bed.expectWell()
})
