// Events get from bus to bus and to functions as EventBridge brings them: matched, at least once, in any order, over one hop.
import { afterEach, describe, expect, test } from 'vitest'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { BusesParts } from '../../sync-api/local-cloud/bus/event-buses'
import { entry, openBuses, ruleTo, type BusBed } from './bus-bed'
import { east, seededChance, south, west } from './tables-bed'

let bed: BusBed

const open = async (options?: Partial<BusesParts>): Promise<BusBed> =>
  (bed = await openBuses(options))

afterEach(() => bed.stop())

const ignore = { kind: 'function', name: 'other', invoke: () => Promise.resolve() } as const

describe('the mesh', () => {
  test('brings an event to each other region after its delays, and not back', async () => {
    const { put, time, got } = await open()
    await put(east, 'a')
    await time.advance(199)
    expect(got(west)).toEqual([])
    await time.advance(1)
    expect([got(east), got(west), got(south)]).toEqual([[], ['a'], ['a']])
    await time.advance(60_000)
    expect([got(east), got(west), got(south)]).toEqual([[], ['a'], ['a']])
  })

  test('leaves the region in an event that came from another, and says nothing else of it', async () => {
    const { put, time, events } = await open()
    await put(east, 'a')
    await time.advance(1_000)
    expect(events(west)).toEqual([
      {
        ...{ version: '0', id: 'event-1', 'detail-type': 'entries', source: 'meridian' },
        ...{ account: '000000000000', time: '2026-01-01T00:00:00Z', region: east, resources: [] },
        detail: { region: east, name: 'a' }
      }
    ])
  })

  test('changes the order of events', async () => {
    const chance = seededChance(5)
    const { put, time, got } = await open({ delayMs: () => chance() * 1_000 })
    const names = ['1', '2', '3', '4', '5', '6', '7', '8']
    for (const name of names) await put(east, name)
    await time.advance(10_000)
    expect(got(west)).not.toEqual(names)
    expect(got(west).toSorted()).toEqual(names)
  })

  test('may deliver an event again', async () => {
    let isRepeated = true
    const chance = (): number => {
      const share = isRepeated ? 0 : 1
      isRepeated = false
      return share
    }
    const { put, time, got } = await open({ chance, repeatShare: 0.5 })
    isRepeated = false
    await put(east, 'a')
    isRepeated = true
    await time.advance(10_000)
    expect([...got(west), ...got(south)].length).toBe(3)
  })

  test('refuses a second hop with THIRD_ACCOUNT_HOP_DETECTED', async () => {
    const { put, time, buses, got } = await open()
    const pattern = { detail: { region: [east] } }
    buses.region(west).addRule(ruleTo('on', pattern, { kind: 'bus', region: south }))
    await put(east, 'a')
    await time.advance(10_000)
    expect(got(south)).toEqual(['a'])
    expect(buses.region(west).deadLetters.map(({ attributes }) => attributes)).toEqual([
      {
        ...{ ERROR_CODE: 'THIRD_ACCOUNT_HOP_DETECTED', RETRY_ATTEMPTS: '0' },
        RULE_ARN: `arn:aws:events:${west}:000000000000:rule/on`,
        TARGET_ARN: `arn:aws:events:${south}:000000000000:event-bus/meridian`
      }
    ])
  })

  test('counts what arrives from elsewhere as put there, in its quota too', async () => {
    const { put, time, buses } = await open()
    await put(east, 'a')
    await time.advance(1_000)
    expect(buses.region(east).units).toMatchObject({ published: 1, received: 0, invocations: 2 })
    expect(buses.region(west).units).toMatchObject({ published: 0, received: 1, invocations: 1 })
  })
})

describe('a delivery that fails', () => {
  test('is tried again, later each time, until it succeeds', async () => {
    const { put, time, got, buses } = await open()
    buses.link(east, west).pause()
    await put(east, 'a')
    await time.advance(120_000)
    expect([got(west), got(south)]).toEqual([[], ['a']])
    buses.link(east, west).resume()
    await time.advance(60_000)
    expect(got(west)).toEqual(['a'])
    expect(buses.region(east).deadLetters).toEqual([])
  })

  test('ends among the dead letters of its own region at its maximum age', async () => {
    const { put, time, got, buses } = await open()
    buses.link(east, west).pause()
    await put(east, 'a')
    await time.advance(300_000)
    buses.link(east, west).resume()
    await time.advance(3_600_000)
    expect(got(west)).toEqual([])
    expect(buses.region(east).deadLetters).toMatchObject([
      { attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' } }
    ])
    expect(buses.region(west).deadLetters).toEqual([])
  })

  test('ends among the dead letters after its retries', async () => {
    const { put, time, buses } = await open()
    let tries = 0
    const invoke = async (): Promise<void> => {
      tries += 1
      throw new Error('planted')
    }
    const target = { kind: 'function', name: 'broken', invoke } as const
    const rule = ruleTo('broken', { source: ['meridian'] }, target)
    buses.region(east).addRule({ ...rule, retriesMax: 2, ageMsMax: 86_400_000 })
    await put(east, 'a')
    await time.advance(600_000)
    expect(tries).toBe(3)
    expect(buses.region(east).deadLetters).toMatchObject([
      { attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts', RETRY_ATTEMPTS: '2' } }
    ])
  })

  test('because the other region is down comes through when it is back', async () => {
    const { put, time, got, buses } = await open()
    buses.region(west).faults.set({ kind: 'refuse' })
    await put(east, 'a')
    await time.advance(10_000)
    buses.region(west).faults.set({ kind: 'none' })
    await time.advance(60_000)
    expect(got(west)).toEqual(['a'])
  })
})

describe('above a quota of targets', () => {
  test('events come later: 2,250 a second in ap-southeast-1', async () => {
    const { client, time, buses } = await open({ delayMs: () => 0 })
    const { units } = buses.region(south)
    const Entries = Array.from({ length: 10 }, (_, at) => entry(south, `${at}`))
    // Each goes to the buses of two regions.
    for (let at = 0; at < 113; at += 1) await client(south).send(new PutEventsCommand({ Entries }))
    await time.advance(0)
    expect(units.invocations).toBe(2_250)
    await time.advance(1_000)
    expect(units.invocations).toBe(2_260)
  })
})

describe('a rule', () => {
  const add = (pattern: Parameters<typeof ruleTo>[1], name = 'rule'): void =>
    bed.buses.region(east).addRule(ruleTo(name, pattern, ignore))

  test('matches by exact values, prefix, anything-but and exists, in nested fields', async () => {
    const { buses, client, time } = await open()
    const matched: string[] = []
    const on = (name: string, pattern: Parameters<typeof ruleTo>[1]): void => {
      const invoke = async (): Promise<void> => void matched.push(name)
      buses.region(east).addRule(ruleTo(name, pattern, { kind: 'function', name, invoke }))
    }
    on('exact', { source: ['other', 'meridian'], detail: { region: [east] } })
    on('list', { detail: { kinds: ['b'] } })
    on('prefix', { 'detail-type': [{ prefix: 'ent' }] })
    on('not', { detail: { region: [{ 'anything-but': [east, west] }] } })
    on('absent', { detail: { region: [{ 'anything-but': [east] }] } })
    on('exists', { detail: { missing: [{ exists: false }] } })
    on('both', { source: ['meridian'], detail: { region: [west] } })
    const Detail = JSON.stringify({ region: east, kinds: ['a', 'b'] })
    await client(east).send(new PutEventsCommand({ Entries: [entry(east, '', { Detail })] }))
    await time.advance(1_000)
    expect(matched.toSorted()).toEqual(['exact', 'exists', 'list', 'prefix'])
  })

  test('is refused with a matcher that the stand-in does not know', async () => {
    await open()
    expect(() => add({ detail: { region: [{ wildcard: 'us-*' }] } })).toThrow(/does not know/)
    expect(() => add({ detail: { region: east } })).toThrow(/list of values/)
  })

  test('has a pattern of at most 2,048 characters', async () => {
    await open()
    expect(() => add({ source: ['x'.repeat(2_048)] })).toThrow(/2048 characters/)
  })

  test('has at most 5 targets', async () => {
    const { buses } = await open()
    const rule = ruleTo('many', { source: ['a'] }, ...Array.from({ length: 6 }, () => ignore))
    expect(() => buses.region(east).addRule(rule)).toThrow(/5 targets/)
  })

  test('is one of at most 300 of its bus', async () => {
    await open()
    expect(() => {
      for (let at = 0; at < 301; at += 1) add({ source: ['a'] }, `rule-${at}`)
    }).toThrow(/300 rules/)
  })

  test('tries for at most 24 hours and 185 times', async () => {
    const { buses } = await open()
    const rule = ruleTo('long', { source: ['a'] }, ignore)
    const bus = buses.region(east)
    expect(() => bus.addRule({ ...rule, retriesMax: 186 })).toThrow(/185 times/)
    expect(() => bus.addRule({ ...rule, ageMsMax: 86_400_001 })).toThrow(/185 times/)
  })
})
