// Numbers, acknowledgements and fan-out of pushes.
import { expect, it } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { counters } from '../../sync-api/core/metrics'
import type { Log } from '../../sync-api/core/ports'
import { pageBytesMax } from '../../sync-api/protocol/limits'
import { beginning, createBed, outboxOf, shared, writtenBy } from './relay-bed'

it('appends the next number and acknowledges it [NU2]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  owner.push(content, 1)
  owner.push(content, 2)
  const acks = await owner.heardOf('ack')
  expect(acks.map(({ n }) => n)).toEqual([1, 2])
  expect(acks[0]!.from).toEqual(beginning)
  expect(acks[1]!.from).toEqual(acks[0]!.to)
})

it('acknowledges a known number again and appends it once [NU3]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'editor', [2])
  // What is on the way already has one answer coming.
  for (let time = 0; time < 3; time++) owner.push(content, 1)
  expect(await owner.heardOf('ack')).toHaveLength(1)
  owner.push(content, 1)
  const [late] = await owner.heardOf('ack')
  expect(late).toMatchObject({ n: 1, from: late!.to })
  const told = await guests[0]!.heardOf('entry')
  expect(told.flatMap(({ entries }) => entries)).toHaveLength(1)
})

it('answers a number beyond the next with a gap and appends nothing [NU4]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  owner.push(content, 1)
  owner.push(content, 3)
  const heard = await owner.heard()
  expect(heard.find(({ type }) => type === 'gap')).toMatchObject({ have: 1 })
  owner.push(content, 2)
  owner.push(content, 3)
  expect((await owner.heardOf('ack')).map(({ n }) => n)).toEqual([2, 3])
})

it('numbers each outbox and each channel for itself [NU1]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  owner.push(content, 1)
  owner.push(content, 1, { outbox: outboxOf(8) })
  owner.push({ ...content, channel: 'comments' }, 1)
  expect(await owner.heardOf('ack')).toHaveLength(3)
})

it('knows the numbers again after nobody was there for a while', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  owner.push(content, 1)
  await owner.heard()
  owner.leave()
  await bed.rest()
  const again = bed.join(1)
  again.subscribe(content)
  again.push(content, 1)
  again.push(content, 2)
  expect((await again.heardOf('ack')).map(({ n }) => n)).toEqual([1, 2])
})

it('sends everybody but the author the entries, in the order of the log [NU5]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'editor', [2, 3])
  owner.push(content, 1)
  guests[0]!.push(content, 1)
  owner.push(content, 2)
  const [told, ...more] = await guests[1]!.heardOf('entry')
  expect(more).toEqual([])
  expect(told!.entries.map(({ outbox, n }) => [outbox, n])).toEqual([
    [outboxOf(1), 1],
    [outboxOf(2), 1],
    [outboxOf(1), 2]
  ])
  const mine = (await owner.heard()).filter(({ type }) => type === 'ack' || type === 'entry')
  expect(mine.map(({ type }) => type)).toEqual(['ack', 'entry', 'ack'])
})

it('lets every cursor move without a gap, whoever wrote [CU6]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'editor', [2])
  owner.push(content, 1)
  guests[0]!.push(content, 1)
  owner.push(content, 2)
  guests[0]!.push(content, 2)
  const ends = new Set<string>()
  for (const client of [owner, guests[0]!]) {
    let cursor = beginning
    for (const message of await client.heard()) {
      if (message.type !== 'ack' && message.type !== 'entry') continue
      expect(message.from).toEqual(cursor)
      cursor = message.to
    }
    ends.add(cursor.join())
  }
  expect(ends.size).toBe(1)
})

it('encodes what it hands out once for all receivers', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2, 3, 4])
  owner.push(content, 1)
  await bed.rest()
  const sent = guests.map(({ name }) => bed.gateway.takeBytes(name)[0])
  expect(sent[0]).toBeDefined()
  expect(new Set(sent).size).toBe(1)
})

it('hands out the bytes that were pushed [NU6]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  const written = writtenBy(1, content, 99, 3_000)
  owner.push(content, 1, written)
  const [told] = await guests[0]!.heardOf('entry')
  expect(told!.entries[0]!.update).toEqual(written.update)
})

it('splits what is too much for one message, and says where to pull what is too large', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  owner.push(content, 1, writtenBy(1, content, 1, pageBytesMax - 100))
  owner.push(content, 2, writtenBy(1, content, 2, pageBytesMax))
  owner.push(content, 3)
  const told = await guests[0]!.heardOf('entry')
  expect(told.map(({ entries }) => entries.map(({ n }) => n))).toEqual([[1], [], [3]])
  // A reader that stands before the large one has no message to move over it by.
  expect(told[1]!.from).toEqual(told[1]!.to)
  expect(told[2]!.from).toEqual(told[1]!.to)
})

it('refuses what is no update, what is of another epoch, and numbers from nothing [NU8]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  owner.push(content, 1, { update: new Uint8Array(1) })
  owner.push(content, 1, { epoch: 1 })
  owner.push(content, 0)
  const refused = await owner.heardOf('refused')
  expect(refused.map(({ reason }) => reason)).toEqual(['invalid', 'epoch', 'invalid'])
  owner.push(content, 1)
  expect(await owner.heardOf('ack')).toHaveLength(1)
})

it('acknowledges nothing that could not be stored, and takes it when it is sent again [NU7]', async () => {
  const log = createMemoryLog()
  let broken = false
  const failing: Log = {
    ...log,
    append: (...given) => (broken ? Promise.reject(new Error('disk full')) : log.append(...given))
  }
  const bed = createBed({ log: failing })
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  broken = true
  owner.push(content, 1)
  owner.push(content, 2)
  const failed = await owner.heard()
  expect(failed.map((message) => message.type === 'error' && message.code)).toEqual([
    'storage-failed',
    'storage-failed'
  ])
  expect(bed.reports).toEqual([`Could not append to ${content.document}/content`])
  broken = false
  owner.push(content, 1)
  owner.push(content, 2)
  expect((await owner.heardOf('ack')).map(({ n }) => n)).toEqual([1, 2])
  const told = await guests[0]!.heardOf('entry')
  expect(told.flatMap(({ entries }) => entries.map(({ n }) => n))).toEqual([1, 2])
})

it('acknowledges and hands out only when the log says it is durable [NU2] [NU5]', async () => {
  const log = createMemoryLog()
  let flush: () => void = () => undefined
  let held = false
  const slow: Log = {
    ...log,
    async append(...given) {
      if (held) await new Promise<void>((resolve) => (flush = resolve))
      return log.append(...given)
    }
  }
  const bed = createBed({ log: slow })
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  held = true
  owner.push(content, 1)
  expect(await owner.heard()).toEqual([])
  expect(await guests[0]!.heard()).toEqual([])
  owner.push(content, 2)
  owner.push(content, 1)
  expect(await owner.heard()).toEqual([])
  held = false
  flush()
  expect((await owner.heardOf('ack')).map(({ n }) => n)).toEqual([1, 2])
  expect(await guests[0]!.heardOf('entry')).toHaveLength(2)
})

it('puts what comes together into one append', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  const before = bed.metrics.counted(counters.appends)
  for (let n = 1; n <= 16; n++) owner.push(content, n)
  expect(await owner.heardOf('ack')).toHaveLength(16)
  expect(bed.metrics.counted(counters.appends) - before).toBe(1)
})
