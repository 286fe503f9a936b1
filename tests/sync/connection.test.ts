// The life of a connection, on a socket and a clock that the test holds.
import { describe, expect, test } from 'vitest'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { heartbeatMs, silenceMsMax } from '../../sync-api/protocol/limits'
import { attemptMsMax } from '../../app/sync/connection'
import { backOffMaxMs, backOffMinMs, backOffMs } from '../../app/sync/back-off'
import { probeMsMax } from '../../app/sync/heartbeat'
import { renewBeforeMs } from '../../app/sync/renewal'
import { createConnectionBed, welcome } from './connection-bed'
import { batch, ref } from './session-samples'
import { settle } from './virtual-clock'

describe('coming up', () => {
  test('[CO2] the hello is the first message, with the ticket as the second subprotocol', async () => {
    const bed = createConnectionBed()
    bed.connection.start()
    await settle()
    expect(bed.last().protocols).toEqual(['meridian.1', 'ticket-1'])
    await bed.last().open()
    expect(bed.last().heard()).toMatchObject([{ type: 'hello', release: 'test' }])
    expect(bed.states).toEqual([{ kind: 'connecting' }])
    await bed.last().say(welcome)
    expect(bed.states.at(-1)).toEqual({ kind: 'online' })
  })

  test('[FR7] text until the welcome says binary', async () => {
    const bed = createConnectionBed()
    await bed.up()
    bed.connection.say({ type: 'ping' })
    await settle()
    expect(bed.last().sent.map((data) => typeof data)).toEqual(['string', 'object'])
  })

  test('what is said in one turn travels in one frame', async () => {
    const bed = createConnectionBed()
    await bed.up()
    bed.connection.say({ type: 'ping' })
    bed.connection.say({ type: 'ping' })
    await settle()
    expect(bed.last().sent.length).toBe(2)
    expect(bed.last().heard().length).toBe(3)
  })

  test('[CH1] a message larger than a frame travels in chunks', async () => {
    const bed = createConnectionBed()
    await bed.up()
    const { outbox, n, update, writers, schemaMajor } = batch(1, 100_000)
    const said = {
      type: 'push',
      ...ref,
      outbox,
      n,
      update,
      writers,
      schemaMajor,
      epoch: 0
    } as const
    bed.connection.say(said)
    await settle()
    expect(bed.last().sent.length).toBe(1 + 5)
    expect(bed.last().heard().at(-1)).toMatchObject({
      type: 'push',
      n: 1,
      outbox
    })
  })

  test('nothing is said while no socket is open', () => {
    const bed = createConnectionBed()
    expect(bed.connection.say({ type: 'ping' })).toBe(false)
  })
})

describe('going down', () => {
  test('[CO7] after an ending it comes again, later each time, and tells when', async () => {
    const bed = createConnectionBed()
    await bed.up()
    await bed.last().end(1006)
    expect(bed.downs()).toBe(1)
    expect(bed.states.at(-1)).toEqual({ kind: 'connecting' })
    await bed.clock.pass(backOffMs(0, 0.5))
    expect(bed.sockets.length).toBe(2)
    await bed.last().end(1006)
    const nextTryAt = bed.clock.now() + backOffMs(1, 0.5)
    expect(bed.states.at(-1)).toEqual({ kind: 'offline', nextTryAt })
    await bed.clock.pass(backOffMs(1, 0.5))
    expect(bed.sockets.length).toBe(3)
  })

  test('the wait is random between a quarter of a second and a bound that doubles to half a minute', () => {
    for (let tries = 0; tries < 100; tries++) {
      expect(backOffMs(tries, 0)).toBe(backOffMinMs)
      expect(backOffMs(tries, 0.999)).toBeLessThanOrEqual(backOffMaxMs)
    }
    expect(backOffMs(0, 1)).toBe(2 * backOffMinMs)
    expect(backOffMs(50, 1)).toBe(backOffMaxMs)
  })

  test('a network that comes back, or a page that is seen again, ends the waiting', async () => {
    for (const event of ['online', 'visible'] as const) {
      const bed = createConnectionBed()
      await bed.up()
      await bed.last().end(1006)
      await bed.happen(event)
      expect(bed.sockets.length).toBe(2)
    }
  })

  test('a try that hangs is given up', async () => {
    const bed = createConnectionBed()
    bed.connection.start()
    await bed.clock.pass(attemptMsMax)
    expect(bed.last().closed).toBe(1000)
    await bed.clock.pass(backOffMs(1, 0.5))
    expect(bed.sockets.length).toBe(2)
  })

  test('without a network it says offline and knows no time', async () => {
    const bed = createConnectionBed()
    bed.page.online = false
    bed.answerTickets(() => Promise.reject(new Error('no network')))
    bed.connection.start()
    await settle()
    expect(bed.states.at(-1)).toEqual({ kind: 'offline', nextTryAt: null })
  })

  test('a frame that cannot be read ends the connection, and it comes again', async () => {
    const bed = createConnectionBed()
    await bed.up()
    const socket = bed.last()
    await socket.say({ ...welcome, region: 'x'.repeat(100) })
    expect(socket.closed).toBe(closeCodes.badFrame)
    await bed.clock.pass(backOffMs(0, 0.5))
    expect(bed.sockets.length).toBe(2)
  })
})

describe('a link that dies without a word', () => {
  test('[CO5] pings, and silence for longer than allowed ends it', async () => {
    const bed = createConnectionBed()
    await bed.up()
    await bed.clock.pass(heartbeatMs)
    expect(bed.last().heard().at(-1)).toEqual({ type: 'ping' })
    await bed.last().say({ type: 'pong' })
    await bed.clock.pass(silenceMsMax - 1)
    expect(bed.downs()).toBe(0)
    await bed.clock.pass(1)
    expect(bed.downs()).toBe(1)
  })

  test('a page that comes online asks at once and gives up soon', async () => {
    const bed = createConnectionBed()
    await bed.up()
    await bed.happen('online')
    expect(bed.last().heard().at(-1)).toEqual({ type: 'ping' })
    await bed.last().say({ type: 'pong' })
    await bed.clock.pass(probeMsMax)
    expect(bed.downs()).toBe(0)
    await bed.happen('online')
    await bed.clock.pass(probeMsMax)
    expect(bed.downs()).toBe(1)
  })

  test('a page from the back/forward cache begins anew', async () => {
    const bed = createConnectionBed()
    await bed.up()
    await bed.happen('back')
    expect(bed.sockets.length).toBe(2)
  })

  test('a hidden page that the relay found silent sleeps until it is seen', async () => {
    const bed = createConnectionBed()
    await bed.up()
    bed.page.visible = false
    await bed.last().end(closeCodes.silent)
    await bed.clock.pass(10 * backOffMaxMs)
    expect(bed.sockets.length).toBe(1)
    bed.page.visible = true
    await bed.happen('visible')
    expect(bed.sockets.length).toBe(2)
  })
})

describe('tickets and releases', () => {
  test('4401 is worth one fresh ticket at once, and after a second one another in a while', async () => {
    const bed = createConnectionBed()
    bed.connection.start()
    await settle()
    await bed.last().end(closeCodes.noTicket)
    expect(bed.asked).toEqual([false, true])
    expect(bed.sockets.length).toBe(2)
    // The relay's clock may have been set between the ticket and the handshake.
    await bed.last().end(closeCodes.noTicket)
    expect(bed.states.at(-1)).toMatchObject({ kind: 'offline' })
    expect(bed.sockets.length).toBe(2)
    await bed.clock.pass(backOffMaxMs)
    expect(bed.sockets.length).toBeGreaterThan(2)
    expect(new Set(bed.asked.slice(1))).toEqual(new Set([true]))
  })

  test('a device the relay does not know stops', async () => {
    const bed = createConnectionBed()
    bed.answerTickets(() => Promise.resolve({ kind: 'refused' }))
    bed.connection.start()
    await settle()
    expect(bed.states.at(-1)).toEqual({ kind: 'stopped', reason: 'ticket' })
  })

  test('[CO3] a release that is too old stops', async () => {
    const bed = createConnectionBed()
    bed.connection.start()
    await settle()
    await bed.last().open()
    await bed.last().end(closeCodes.tooOld)
    expect(bed.states.at(-1)).toEqual({ kind: 'stopped', reason: 'release' })
  })

  test('[CO4] a ticket is renewed in the connection, well before it runs out', async () => {
    const bed = createConnectionBed()
    await bed.up()
    const hears = async (ms: number): Promise<void> => {
      for (let left = ms; left > 0; left -= heartbeatMs) {
        await bed.clock.pass(Math.min(left, heartbeatMs))
        await bed.last().say({ type: 'pong' })
      }
    }
    await hears(600_000 - renewBeforeMs)
    expect(
      bed
        .last()
        .heard()
        .filter(({ type }) => type === 'renew')
    ).toEqual([{ type: 'renew', ticket: 'ticket-2' }])
    await bed.last().say({ type: 'renewed', ticketMs: 600_000 })
    await hears(600_000 - renewBeforeMs)
    expect(
      bed
        .last()
        .heard()
        .filter(({ type }) => type === 'renew').length
    ).toBe(2)
    expect(bed.downs()).toBe(0)
  })

  test('[CO8] a relay that hands over is left within its time, for a new connection', async () => {
    const bed = createConnectionBed()
    await bed.up()
    await bed.last().say({ type: 'hand-over', afterMs: 1_000 })
    await bed.clock.pass(1_000)
    expect(bed.sockets[0]?.closed).toBe(1000)
    expect(bed.sockets.length).toBe(2)
  })

  test('stopped, it is silent for good', async () => {
    const bed = createConnectionBed()
    await bed.up()
    bed.connection.stop()
    expect(bed.last().closed).toBe(1000)
    await bed.happen('online')
    await bed.clock.pass(10 * backOffMaxMs)
    expect(bed.sockets.length).toBe(1)
  })
})
