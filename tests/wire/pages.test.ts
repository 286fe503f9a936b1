// Which web pages may use the relay: its own, those it was told of, and no others.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../sync-api/protocol/http'
import { startHost, type TestHost } from '../host'
import { hello, openSocket } from './client'
import { callApi, createDevice } from './device'

const told = 'https://docs.example.com'
let host: TestHost
let ticket: string
beforeAll(async () => {
  host = await startHost({ args: ['--origin', told] })
  ticket = await (await createDevice(host.url)).ticket()
})
afterAll(() => host.stop())

const makeCode = (headers: Record<string, string>) =>
  callApi(host.url, 'POST', paths.codes, undefined, ticket, headers)

test('a page of the relay itself and one it was told of may call', async () => {
  expect((await makeCode({ Origin: host.url })).status).toBe(200)
  expect((await makeCode({ Origin: told })).status).toBe(200)
})

test.each(['https://evil.example', 'null', 'http://localhost:1', 'docs.example.com'])(
  'a page of %s may not call and may not open a socket',
  async (origin) => {
    expect(await makeCode({ Origin: origin })).toMatchObject({
      status: 403,
      body: { error: 'origin-not-allowed' }
    })
    await expect(openSocket(host.url, ticket, { headers: { Origin: origin } })).rejects.toThrow(
      '403'
    )
  }
)

test('a page of the relay itself may open a socket', async () => {
  const client = await openSocket(host.url, ticket, { headers: { Origin: host.url } })
  client.say(hello)
  expect(await client.next()).toMatchObject({ type: 'welcome' })
  await client.close()
})

test('a form of another site may not post', async () => {
  expect((await makeCode({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  const body = JSON.stringify({ hash: 'x' })
  const headers = { 'Content-Type': 'text/plain' }
  expect(await callApi(host.url, 'PUT', paths.recovery, body, ticket, headers)).toMatchObject({
    status: 400,
    body: { error: 'bad-request' }
  })
})

test('answers of the API are not kept by anybody', async () => {
  const response = await fetch(host.url + paths.nonce)
  expect(response.headers.get('Cache-Control')).toBe('no-store')
})

test('guessing device codes is stopped, for one address at a time', async () => {
  const proxied = await startHost({ args: ['--trust-proxy'] })
  const { key } = await createDevice(proxied.url)
  const guess = (address: string) =>
    callApi(proxied.url, 'POST', paths.join, { code: 'AAAA-AAAA', key, name: '' }, undefined, {
      'X-Forwarded-For': `6.6.6.6, ${address}`
    })
  const statuses: number[] = []
  for (let tried = 0; tried < 21; tried++) statuses.push((await guess('10.0.0.1')).status)
  expect(new Set(statuses.slice(0, 20))).toEqual(new Set([403]))
  expect(statuses[20]).toBe(429)
  expect((await guess('10.0.0.2')).status).toBe(403)
  await proxied.stop()
})
