// Large updates: in chunks over the socket, in one piece over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bulkBytesMax, jsonBytesMax } from '../../sync-api/protocol/limits'
import { paths } from '../../sync-api/protocol/http'
import { startHost, type TestHost } from '../host'
import { beginning, pushOf, shareDocument, subscribeTo } from './bed'
import { connect, hello } from './client'
import { callApi, newOutbox, postFrame } from './device'

let host: TestHost
beforeAll(async () => {
  host = await startHost()
})
afterAll(() => host.stop())

test('200 KB travel in chunks both ways and arrive byte for byte', async () => {
  const { owner, document, content, invite } = await shareDocument(host.url)
  const { guest } = await invite('viewer')
  const writer = await connect(host.url, await owner.ticket(), { coat: 'text' })
  const reader = await connect(host.url, await guest.ticket(), { coat: 'binary' })
  reader.say(subscribeTo(document))
  await reader.hear('subscribed')
  writer.say(subscribeTo(document))
  await writer.hear('subscribed')
  const push = pushOf(content, newOutbox(), 1, 'x'.repeat(200_000))
  writer.say(push)
  expect(await writer.hear('ack')).toMatchObject({ n: 1 })
  const [entry] = (await reader.hear('entry')).entries
  expect(isSame(entry?.update, push.update)).toBe(true)
  expect(reader.coats().length).toBeGreaterThan(9)
  await Promise.all([writer.close(), reader.close()])
})

test('what is too large for the socket is pushed and pulled over HTTP', async () => {
  const { owner, document, content, invite } = await shareDocument(host.url)
  const { guest } = await invite('viewer')
  const outbox = newOutbox()
  const push = pushOf(content, outbox, 1, 'y'.repeat(1_000_000))
  const [, ack] = await owner.bulk(subscribeTo(document), push)
  expect(ack).toMatchObject({ type: 'ack', outbox, n: 1 })

  const reader = await connect(host.url, await guest.ticket())
  reader.say({ type: 'pull', ...content, cursor: beginning })
  expect(await reader.next()).toMatchObject({ type: 'catch-up', overHttp: true, entries: [] })
  await reader.close()

  const [page] = await guest.bulk({ type: 'pull', ...content, cursor: beginning })
  if (page?.type !== 'catch-up') throw new Error(`Pulled ${page?.type}`)
  expect([page.overHttp, page.entries.length]).toEqual([false, 1])
  expect(isSame(page.entries[0]?.update, push.update)).toBe(true)
})

test('a push over HTTP is heard by those on the socket', async () => {
  const { owner, document, content, invite } = await shareDocument(host.url)
  const { guest } = await invite('viewer')
  const reader = await connect(host.url, await guest.ticket())
  reader.say(subscribeTo(document))
  await reader.hear('subscribed')
  const push = pushOf(content, newOutbox(), 1)
  await owner.bulk(push)
  expect((await reader.hear('entry')).entries[0]?.update).toEqual(push.update)
  await reader.close()
})

test('a body beyond its limit is refused', async () => {
  const { owner, content } = await shareDocument(host.url)
  const ticket = await owner.ticket()
  const large = { ...pushOf(content, newOutbox(), 1), update: new Uint8Array(bulkBytesMax) }
  const answer = await postFrame(host.url, [large], ticket)
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({ error: 'too-large' })
  const long = { hash: 'h'.repeat(jsonBytesMax) }
  expect(await callApi(host.url, 'PUT', paths.recovery, long, ticket)).toMatchObject({
    status: 413,
    body: { error: 'too-large' }
  })
})

test('over HTTP only subscribe, push and pull are taken', async () => {
  const { owner } = await shareDocument(host.url)
  const answer = await postFrame(host.url, [hello], await owner.ticket())
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: 'bad-request' })
})

/** Comparing a megabyte number by number takes an assertion a minute. */
function isSame(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0
}
