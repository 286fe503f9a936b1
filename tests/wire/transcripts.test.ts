// What is said on the wire, message by message, in both coats, to the real process.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type TestHost } from '../host'
import { beginning, pushOf, shareDocument, subscribeTo } from './bed'
import { connect, hello, openSocket, type Coat } from './client'
import { createDevice, newDocument, newOutbox } from './device'

let host: TestHost
beforeAll(async () => {
  host = await startHost()
})
afterAll(() => host.stop())

const cursor = expect.any(Uint8Array)

describe.each<Coat>(['text', 'binary'])('in %s', (coat) => {
  test('a hello is welcomed with all that a client needs to know', async () => {
    const device = await createDevice(host.url)
    const client = await openSocket(host.url, await device.ticket(), { coat })
    client.say(hello)
    expect(await client.next()).toEqual({
      type: 'welcome',
      protocol: 3,
      person: device.person,
      binary: true,
      pushesInFlightMax: 16,
      ticketMs: expect.any(Number),
      region: expect.any(String)
    })
    client.say({ type: 'ping' })
    expect(await client.next()).toEqual({ type: 'pong' })
    expect(client.coats()).toEqual(['text', 'binary'])
    await client.close()
  })

  test('a document is made, written, heard by another and pulled', async () => {
    const { owner, document, content, invite } = await shareDocument(host.url)
    const { guest } = await invite('editor')
    const writer = await connect(host.url, await owner.ticket(), { coat })
    const reader = await connect(host.url, await guest.ticket(), { coat })

    writer.say(subscribeTo(document))
    expect(await writer.next()).toEqual({
      type: 'subscribed',
      items: [{ ...content, role: 'owner', epoch: 0, stale: false }]
    })
    reader.say(subscribeTo(document))
    expect(await reader.next()).toEqual({
      type: 'subscribed',
      items: [{ ...content, role: 'editor', epoch: 0, stale: false }]
    })

    const outbox = newOutbox()
    const push = pushOf(content, outbox, 1)
    writer.say(push)
    const ack = await writer.next()
    expect(ack).toEqual({ type: 'ack', ...content, outbox, n: 1, from: cursor, to: cursor })
    if (ack.type !== 'ack') return
    const entry = {
      outbox,
      n: 1,
      update: push.update,
      receipt: expect.any(Uint8Array) as Uint8Array
    }
    const { from, to } = ack
    expect(await reader.next()).toEqual({ type: 'entry', ...content, from, to, entries: [entry] })

    writer.say(push)
    expect(await writer.next()).toMatchObject({ type: 'ack', outbox, n: 1 })
    writer.say(pushOf(content, outbox, 3))
    expect(await writer.next()).toEqual({ type: 'gap', ...content, outbox, have: 1 })

    reader.say({ type: 'pull', ...content, cursor: beginning })
    expect(await reader.next()).toEqual({
      type: 'catch-up',
      ...content,
      from: beginning,
      to,
      more: false,
      overHttp: false,
      entries: [entry]
    })
    await Promise.all([writer.close(), reader.close()])
  })
})

test('what one turn has to say to a connection comes in one frame', async () => {
  const { owner, document, content } = await shareDocument(host.url)
  const client = await connect(host.url, await owner.ticket(), { coat: 'binary' })
  client.say(subscribeTo(document), { type: 'ping' }, { type: 'ping' })
  await client.hear('subscribed')
  const before = client.coats().length
  client.say({ type: 'ping' }, { type: 'ping' }, { type: 'ping' })
  for (let heard = 0; heard < 5; heard++) await client.hear('pong')
  expect(client.coats().length - before).toBeLessThanOrEqual(2)
  expect(content.document).toBe(document)
  await client.close()
})

test('a document nobody made and one that is not yours look the same', async () => {
  const { document } = await shareDocument(host.url)
  const stranger = await createDevice(host.url)
  const unknown = newDocument(stranger.person).document
  const client = await connect(host.url, await stranger.ticket())
  for (const tried of [document, unknown]) {
    client.say(subscribeTo(tried))
    expect(await client.next()).toEqual({
      type: 'subscribed',
      items: [{ document: tried, channel: 'content', role: null, epoch: 0, stale: false }]
    })
  }
  await client.close()
})

test('a withdrawn link stops the people it let in at once, and nobody else', async () => {
  const { owner, document, content, invite } = await shareDocument(host.url)
  const { guest, link } = await invite('editor')
  const other = (await invite('viewer')).guest
  const stopped = await connect(host.url, await guest.ticket())
  const standing = await connect(host.url, await other.ticket())
  const writer = await connect(host.url, await owner.ticket())
  for (const client of [stopped, standing, writer]) {
    client.say(subscribeTo(document))
    await client.hear('subscribed')
  }

  await owner.call('DELETE', `/api/documents/${document}/links/${link}`)
  expect(await stopped.next()).toEqual({ type: 'role-changed', document, role: null })

  const outbox = newOutbox()
  stopped.say(pushOf(content, outbox, 1))
  expect(await stopped.next()).toMatchObject({ type: 'refused', outbox, n: 1 })
  writer.say(pushOf(content, newOutbox(), 1))
  expect(await standing.hear('entry')).toMatchObject(content)
  // Messages come in order: had the entry been sent to it, it would come before this answer.
  stopped.say({ type: 'ping' })
  expect(await stopped.next()).toEqual({ type: 'pong' })
  await Promise.all([stopped.close(), standing.close(), writer.close()])
})
