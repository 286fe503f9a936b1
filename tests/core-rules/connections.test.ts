// Connections: a greeting first, tickets renewed in time, an end that says why.
import { expect, test } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { silenceMsMax, ticketLifetimeS } from '../../sync-api/protocol/limits'
import { protocolVersion, protocolVersionMin } from '../../sync-api/protocol/version'
import { atRest, createBed, hello, only, pushOf, subscribeTo } from './bed'

test('[CO2] the hello is answered by a welcome, and nothing comes before it', async () => {
  const bed = createBed()
  const client = bed.open(bed.person())
  expect(await client.hear()).toEqual([])
  expect(await client.say(hello)).toEqual([
    {
      type: 'welcome',
      protocol: protocolVersion,
      person: client.person,
      binary: true,
      pushesInFlightMax: 16,
      ticketMs: ticketLifetimeS * 1000,
      region: 'here'
    }
  ])
})

test('[CO2] another first message, or a second hello, ends the connection', async () => {
  const bed = createBed()
  const early = bed.open(bed.person())
  expect(await early.say({ type: 'ping' })).toMatchObject([{ type: 'error', code: 'bad-request' }])
  expect(early.closedWith()).toBe(closeCodes.badFrame)
  const twice = await bed.connect(bed.person())
  expect(await twice.say(hello)).toMatchObject([{ type: 'error', code: 'bad-request' }])
  expect(twice.closedWith()).toBe(closeCodes.badFrame)
})

test('[CO3] a version that is too old is told to take the new release', async () => {
  const bed = createBed()
  const client = bed.open(bed.person())
  const answers = await client.say({ ...hello, protocol: protocolVersionMin - 1 })
  expect(answers).toMatchObject([{ type: 'error', code: 'version-unsupported' }])
  expect(client.closedWith()).toBe(closeCodes.tooOld)
})

test('[CO3] a newer version is answered in the version of the relay', async () => {
  const bed = createBed()
  const client = bed.open(bed.person())
  const answers = await client.say({ ...hello, protocol: protocolVersion + 5 })
  expect(answers).toMatchObject([{ type: 'welcome', protocol: protocolVersion }])
})

test('[CO4] a renewed ticket prolongs the connection', async () => {
  const bed = createBed()
  const client = await bed.connect(bed.person())
  bed.pass(ticketLifetimeS * 1000 - 1)
  const ticket = await bed.tickets.issue(client.person)
  expect(await client.say({ type: 'renew', ticket })).toEqual([
    { type: 'renewed', ticketMs: ticketLifetimeS * 1000 }
  ])
  bed.pass(silenceMsMax)
  bed.relay.sweep()
  expect(client.closedWith()).toBeNull()
})

test('[CO4] a ticket of another person, or none at all, prolongs nothing', async () => {
  const bed = createBed()
  const client = await bed.connect(bed.person())
  const foreign = await bed.tickets.issue(bed.person())
  for (const ticket of [foreign, 'none']) {
    const answers = await client.say({ type: 'renew', ticket })
    expect(answers).toMatchObject([{ type: 'error', code: 'ticket-invalid' }])
  }
})

test('[CO4] a connection whose ticket ran out is closed', async () => {
  const bed = createBed()
  const client = await bed.connect(bed.person())
  bed.pass(ticketLifetimeS * 1000)
  await client.say({ type: 'ping' })
  bed.relay.sweep()
  expect(client.closedWith()).toBe(closeCodes.ticketExpired)
})

test('[CO5] a ping is answered, and silence ends the connection', async () => {
  const bed = createBed()
  const [speaking, silent] = [await bed.connect(bed.person()), await bed.connect(bed.person())]
  bed.pass(silenceMsMax)
  expect(await speaking.say({ type: 'ping' })).toEqual([{ type: 'pong' }])
  bed.pass(1)
  bed.relay.sweep()
  expect(silent.closedWith()).toBe(closeCodes.silent)
  expect(speaking.closedWith()).toBeNull()
})

test('[CO8] a relay that stops acknowledges what is under way before it closes', async () => {
  const log = createMemoryLog()
  let letAppend = (): void => undefined
  const held = new Promise<void>((resolve) => (letAppend = resolve))
  const slow: typeof log = {
    ...log,
    async append(ref, entries) {
      if (ref.channel === 'content') await held
      return log.append(ref, entries)
    }
  }
  const bed = createBed({ log: slow })
  const { owner, content } = await bed.share()
  expect(await owner.say(pushOf(content, 1))).toEqual([])
  const stopped = bed.relay.stop()
  expect(only('hand-over', await owner.hear())).toHaveLength(1)
  expect(owner.closedWith()).toBeNull()
  letAppend()
  await stopped
  expect(only('ack', await owner.hear())).toMatchObject([{ n: 1 }])
  expect(owner.closedWith()).toBe(closeCodes.goingAway)
})

test('[CO8] what is said after the hand-over is left for the next connection', async () => {
  const bed = createBed()
  const { owner, content } = await bed.share()
  const stopped = bed.relay.stop()
  const answers = await owner.say(pushOf(content, 1), subscribeTo(content))
  expect(answers.map((one) => one.type)).toEqual(['hand-over'])
  await stopped
  await atRest()
  expect((await bed.log.head(content)).outboxes.size).toBe(0)
})
