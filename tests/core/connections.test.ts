// The life of a connection.
import { expect, it } from 'vitest'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import {
  itemsPerMessageMax,
  silenceMsMax,
  subscriptionsPerConnectionMax
} from '../../sync-api/protocol/limits'
import {
  beginning,
  contentOf,
  createBed,
  documentOf,
  hello,
  lifetimeMs,
  personOf,
  shared
} from './relay-bed'

it('says nothing before a hello, and then welcome [CO2]', async () => {
  const bed = createBed()
  const client = bed.connect(1, 'new')
  expect(await client.heard()).toEqual([])
  client.say(hello())
  expect(await client.heard()).toMatchObject([
    { type: 'welcome', person: personOf(1), binary: true, ticketMs: lifetimeMs, region: 'test' }
  ])
})

it('closes a connection that says anything else first, or hello twice [CO2]', async () => {
  const bed = createBed()
  const early = bed.connect(1, 'early')
  early.push(contentOf(documentOf(1)), 1)
  expect(bed.gateway.closedWith('early')).toBe(closeCodes.badFrame)
  const twice = bed.join(1, 'twice')
  twice.say(hello())
  expect(bed.gateway.closedWith('twice')).toBe(closeCodes.badFrame)
})

it('answers ping, and closes who says nothing for too long [CO5]', async () => {
  const bed = createBed()
  const quiet = bed.join(1, 'quiet')
  const lively = bed.join(2, 'lively')
  bed.time.now += silenceMsMax
  lively.say({ type: 'ping' })
  expect(await lively.heard()).toEqual([{ type: 'pong' }])
  bed.time.now += 1
  bed.relay.sweep()
  expect(bed.gateway.closedWith(quiet.name)).toBe(closeCodes.silent)
  expect(bed.gateway.closedWith(lively.name)).toBeNull()
})

it('goes on with a renewed ticket of the same person and closes when it ran out [CO4]', async () => {
  const bed = createBed()
  const client = bed.join(1)
  client.say({ type: 'renew', ticket: await bed.tickets.issue(personOf(2)) })
  client.say({ type: 'renew', ticket: 'forged' })
  const refused = (await client.heardOf('error')).map(({ code }) => code)
  expect(refused).toEqual(['ticket-invalid', 'ticket-invalid'])
  bed.time.now += lifetimeMs - 1
  client.say({ type: 'renew', ticket: await bed.tickets.issue(personOf(1)) })
  expect(await client.heard()).toEqual([{ type: 'renewed', ticketMs: lifetimeMs }])
  bed.time.now += lifetimeMs - 1
  client.say({ type: 'ping' })
  bed.relay.sweep()
  expect(bed.gateway.closedWith(client.name)).toBeNull()
  bed.time.now += 1
  bed.relay.sweep()
  expect(bed.gateway.closedWith(client.name)).toBe(closeCodes.ticketExpired)
})

it('handles what comes after a subscribe in its order, however long that takes', async () => {
  const bed = createBed()
  const client = bed.join(1)
  const content = contentOf(documentOf(1))
  client.subscribe(content, 'nonce')
  client.push(content, 1)
  client.say({ type: 'ping' })
  client.push(content, 2)
  const types = (await client.heard()).map(({ type }) => type)
  expect(types).toEqual(['subscribed', 'ack', 'pong', 'ack'])
})

it('sends nothing more after an unsubscribe [SU4]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  guests[0]!.say({ type: 'unsubscribe', items: [content] })
  owner.push(content, 1)
  expect(await guests[0]!.heard()).toEqual([])
})

it('answers subscriptions beyond the limit over-limit and keeps those that stand [SU5]', async () => {
  const bed = createBed()
  const client = bed.join(1)
  for (let at = 0; at <= subscriptionsPerConnectionMax; at += itemsPerMessageMax) {
    const items = Array.from({ length: itemsPerMessageMax }, (_, index) => ({
      ...contentOf(documentOf(1, `n${at + index}`)),
      cursor: beginning,
      nonce: `n${at + index}`
    }))
    client.say({ type: 'subscribe', items })
    await bed.rest()
  }
  const heard = await client.heard()
  const errors = heard.filter(({ type }) => type === 'error')
  expect(errors).toHaveLength(itemsPerMessageMax)
  const first = contentOf(documentOf(1, 'n0'))
  client.push(first, 1)
  expect(await client.heardOf('ack')).toHaveLength(1)
})

it('hands over, acknowledges what was accepted, and closes when it stops [CO8]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'editor', [])
  owner.push(content, 1)
  await bed.relay.stop()
  owner.push(content, 2)
  const types = (await owner.heard()).map(({ type }) => type)
  expect(types).toEqual(['hand-over', 'ack'])
  expect(bed.gateway.closedWith(owner.name)).toBe(closeCodes.goingAway)
})
