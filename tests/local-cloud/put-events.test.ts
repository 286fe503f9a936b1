// A bus answers the real SDK client as EventBridge does: its limits, its refusals, entry by entry.
import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { afterEach, describe, expect, test } from 'vitest'
import type { BusesParts } from '../../sync-api/local-cloud/bus/event-buses'
import { busClient, entry, openBuses, type BusBed } from './bus-bed'
import { east, south, west } from './tables-bed'

let bed: BusBed

const open = async (options?: Partial<BusesParts>): Promise<BusBed> =>
  (bed = await openBuses(options))

afterEach(() => bed.stop())

const put = (region: string, entries: PutEventsRequestEntry[]) =>
  bed.client(region).send(new PutEventsCommand({ Entries: entries }))

/** A call with little work for this machine: the real client takes a millisecond each. */
async function callByHand(region: string): Promise<number> {
  const { status } = await fetch(bed.buses.region(region).endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/${region}/events/aws4_request`,
      'x-amz-target': 'AWSEvents.PutEvents'
    },
    body: JSON.stringify({ Entries: [entry(region, 'a')] })
  })
  return status
}

/** An entry of exactly so many bytes as they are counted. */
function sized(bytes: number): PutEventsRequestEntry {
  const one = entry(east, '')
  const length = one.Source.length + one.DetailType.length + one.Detail.length
  return entry(east, 'x'.repeat(bytes - length))
}

describe('a call of PutEvents', () => {
  test('has at most 10 entries', async () => {
    await open()
    const entries = (count: number) =>
      Array.from({ length: count }, (_, at) => entry(east, `${at}`))
    expect((await put(east, entries(10))).Entries).toHaveLength(10)
    await expect(put(east, entries(11))).rejects.toThrow(/less than or equal to 10/)
  })

  test('has at most 1 MB of entries together', async () => {
    await open()
    const half = 512 * 1024
    expect(await put(east, [sized(half), sized(half)])).toMatchObject({ FailedEntryCount: 0 })
    await expect(put(east, [sized(half), sized(half + 1)])).rejects.toThrow(/over the limit/)
  })

  test('is billed as one event for each started 64 KB', async () => {
    const { buses } = await open()
    await put(east, [sized(64 * 1024)])
    expect(buses.region(east).units.published).toBe(1)
    await put(east, [sized(64 * 1024 + 1)])
    expect(buses.region(east).units.published).toBe(3)
  })

  test('says which entries failed, and takes the others', async () => {
    const { time, got } = await open()
    const { FailedEntryCount, Entries } = await put(east, [
      entry(east, 'good'),
      entry(east, '', { Detail: '{' }),
      entry(east, '', { Detail: '[1]' }),
      { EventBusName: 'meridian', DetailType: 'entries', Detail: '{}' },
      entry(east, '', { Source: 'aws.s3' })
    ])
    expect(FailedEntryCount).toBe(4)
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      ...['MalformedDetail', 'MalformedDetail', 'InvalidArgument'],
      'NotAuthorizedForSourceException'
    ])
    await time.advance(1_000)
    expect(got(west)).toEqual(['good'])
  })

  test('may fail for good entries too', async () => {
    await open({ failShare: 1 })
    const { FailedEntryCount, Entries } = await put(east, [entry(east, 'a')])
    expect([FailedEntryCount, Entries?.[0]?.ErrorCode]).toEqual([1, 'InternalFailure'])
  })

  test('is throttled above 1,200 a second in ap-southeast-1, and not in the others', async () => {
    const { time } = await open()
    const calls = async (region: string, count: number): Promise<number> => {
      const answers = Array.from({ length: count }, () => callByHand(region))
      return (await Promise.all(answers)).filter((status) => status === 400).length
    }
    expect(await calls(south, 1_210)).toBe(10)
    await expect(put(south, [entry(south, 'a')])).rejects.toMatchObject({
      name: 'ThrottlingException'
    })
    expect(await calls(east, 1_210)).toBe(0)
    await time.advance(1_000)
    expect(await put(south, [entry(south, 'a')])).toMatchObject({ FailedEntryCount: 0 })
  })

  test('is refused to a bus that is not there, and from a client of another region', async () => {
    const { buses } = await open()
    const other = entry(east, 'a', { EventBusName: 'other' })
    await expect(put(east, [other])).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    const foreign = busClient(buses, east, west)
    const asked = new PutEventsCommand({ Entries: [entry(east, 'a')] })
    await expect(foreign.send(asked)).rejects.toThrow(/should be scoped to us-east-1/)
  })

  test('fails as the region is made to fail', async () => {
    const { buses } = await open()
    buses.region(east).faults.set({ kind: 'throttle' })
    await expect(put(east, [entry(east, 'a')])).rejects.toMatchObject({
      name: 'ThrottlingException'
    })
    buses.region(east).faults.set({ kind: 'refuse' })
    await expect(put(east, [entry(east, 'a')])).rejects.toThrow()
    expect(await put(west, [entry(west, 'a')])).toMatchObject({ FailedEntryCount: 0 })
  })
})
