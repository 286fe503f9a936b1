// Hostile bytes cost the connection they came on, and no other.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { frameBytesMax } from '../../sync-api/protocol/limits'
import { startHost, type TestHost } from '../host'
import { shareDocument } from './bed'
import { connect, type WireClient } from './client'

let host: TestHost
let bystander: WireClient
let ticket: string
beforeAll(async () => {
  host = await startHost()
  const { owner } = await shareDocument(host.url)
  ticket = await owner.ticket()
  bystander = await connect(host.url, ticket)
})
afterAll(async () => {
  await bystander.close()
  await host.stop()
})

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const table: readonly [what: string, data: string | Uint8Array, code: number][] = [
  ['text that is not base64', 'hello?', closeCodes.badFrame],
  ['base64 without its padding', 'AAA', closeCodes.badFrame],
  ['a length with nothing behind it', bytes(5), closeCodes.badFrame],
  ['a length beyond the frame', bytes(200, 1, 8), closeCodes.badFrame],
  ['a length of 2^53', bytes(255, 255, 255, 255, 255, 255, 255, 31), closeCodes.badFrame],
  ['a length that never ends', new Uint8Array(100).fill(255), closeCodes.badFrame],
  ['a message of no bytes', bytes(0), closeCodes.badFrame],
  ['bytes after a message', bytes(2, 8, 0), closeCodes.badFrame],
  ['a push cut short', bytes(3, 5, 1, 2), closeCodes.badFrame],
  ['a subscribe of a million items', bytes(4, 2, 192, 132, 61), closeCodes.badFrame],
  [
    'a channel that does not exist',
    bytes(19, 4, ...new Array<number>(16).fill(0), 9, 0),
    closeCodes.badFrame
  ],
  ['a chunk out of order', bytes(6, 60, 1, 1, 2, 1, 0), closeCodes.badFrame],
  ['a chunk that shares its frame', bytes(6, 60, 1, 0, 2, 1, 0, 1, 8), closeCodes.badFrame],
  ['a frame longer than frames may be', new Uint8Array(frameBytesMax + 1), 1009]
]

test.each(table)('%s closes only its own connection', async (_, data, code) => {
  const client = await connect(host.url, ticket)
  client.send(data)
  expect((await client.closed).code).toBe(code)
  bystander.say({ type: 'ping' })
  expect(await bystander.hear('pong')).toEqual({ type: 'pong' })
})

test('a message of an unknown type is passed over, its neighbours are read', async () => {
  const client = await connect(host.url, ticket)
  client.send(bytes(1, 99, 1, 8))
  expect(await client.next()).toEqual({ type: 'pong' })
  await client.close()
})

test('anything before the hello is refused, and nothing is said before the welcome', async () => {
  const { openSocket } = await import('./client')
  const client = await openSocket(host.url, ticket)
  client.say({ type: 'ping' })
  await client.closed
  bystander.say({ type: 'ping' })
  expect(await bystander.hear('pong')).toEqual({ type: 'pong' })
})
