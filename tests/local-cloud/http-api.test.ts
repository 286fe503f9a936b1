// An HTTP API of API Gateway (http-api-facts.ts): requests in payload format 2.0, answers, limits.
import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createAccountQuota } from '../../sync-api/local-cloud/gateway/account-quota'
import { startHttpApi } from '../../sync-api/local-cloud/gateway/http-api'
import { integrate } from '../../sync-api/local-cloud/gateway/integration'
import { machineTime, type LocalTime } from '../../sync-api/local-cloud/time'
import { loads, startCalled, stopAll, stopsLater } from './lambda-bed'
import { createManualTime } from './manual-time'

afterEach(stopAll)

async function startApi(handler: (event: unknown) => unknown, time: LocalTime = machineTime) {
  const account = createAccountQuota(time)
  const api = stopsLater(await startHttpApi({ time, account }))
  const events: unknown[] = []
  const load = loads(() => (event) => {
    events.push(event)
    return handler(event)
  })
  const made = await startCalled({ load, time })
  api.route(integrate(made))
  return { url: api.url, account, events, made }
}

const mb = 1024 * 1024
const sizeOf = (event: unknown) => String((event as { body?: string }).body?.length)

describe('A request to an HTTP API', () => {
  it('comes in payload format 2.0', async () => {
    const { url, events } = await startApi(() => ({ statusCode: 204 }))
    const headers = { 'X-Mixed': 'a', cookie: 'b=1; c=2', 'content-type': 'application/json' }
    const method = 'POST'
    const answer = await fetch(`${url}/a/b%20c?d=1&d=2`, { method, headers, body: '{"é":1}' })
    expect(answer.status).toBe(204)
    expect(events).toMatchObject([
      {
        ...{ version: '2.0', routeKey: '$default', rawPath: '/a/b c', rawQueryString: 'd=1&d=2' },
        ...{ cookies: ['b=1', 'c=2'], queryStringParameters: { d: '1,2' } },
        ...{ body: '{"é":1}', isBase64Encoded: false },
        headers: { 'x-mixed': 'a', 'x-forwarded-proto': 'https' },
        requestContext: {
          http: { method, path: '/a/b c', sourceIp: '127.0.0.1' },
          ...{ stage: '$default', timeEpoch: expect.any(Number) }
        }
      }
    ])
    expect(events[0]).not.toHaveProperty('headers.cookie')
  })

  it('has its body in base64 unless its type is one of text', async () => {
    const { url, events } = await startApi(() => ({ statusCode: 200 }))
    const body = Buffer.from([0xff, 0, 1])
    const headers = { 'content-type': 'application/octet-stream' }
    await fetch(url, { method: 'POST', headers, body })
    expect(events).toMatchObject([{ body: '/wAB', isBase64Encoded: true }])
  })

  it('has at most 10 MB, of which Lambda takes less than 6, and bytes less than 4.5', async () => {
    const { url, made } = await startApi((event) => ({ statusCode: 200, body: sizeOf(event) }))
    const post = async (bytes: number, type: string) => {
      const headers = { 'content-type': type }
      const answer = await fetch(url, { method: 'POST', headers, body: 'a'.repeat(bytes) })
      return answer.status
    }
    expect(await post(4.4 * mb, 'application/octet-stream')).toBe(200)
    expect(await post(4.6 * mb, 'application/octet-stream')).toBe(500)
    expect(await post(5.9 * mb, 'text/plain')).toBe(200)
    expect(await post(6 * mb, 'text/plain')).toBe(500)
    expect(await post(10 * mb + 1, 'text/plain')).toBe(413)
    expect(made.figures().requests).toBe(2)
  })

  it('has at most 10,240 bytes of request line and values of headers', async () => {
    const { url, events } = await startApi(() => ({ statusCode: 200 }))
    const statusWith = (bytes: number): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asking = request(url, { headers: { 'x-long': 'a'.repeat(bytes) } })
        asking.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject)
        asking.end()
      })
    expect(await statusWith(10_000)).toBe(200)
    expect(await statusWith(10_240)).toBe(431)
    expect(events).toHaveLength(1)
  })

  it('costs a request of the account, as a message of a WebSocket does', async () => {
    const time = createManualTime()
    const { url, account } = await startApi(() => ({ statusCode: 200 }), time)
    account.requests.take(4_999)
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url)).status).toBe(429)
  })
})

describe('An answer of an HTTP API', () => {
  it('has the status, headers, cookies and bytes that the function returns', async () => {
    const { url } = await startApi(() => ({
      ...{ statusCode: 201, headers: { 'Content-Type': 'application/octet-stream', ETag: '"a"' } },
      ...{ body: '/wAB', isBase64Encoded: true, cookies: ['a=1', 'b=2'] }
    }))
    const answer = await fetch(url)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"a"')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0xff, 0, 1]))
  })

  it('is JSON of what is returned without a status', async () => {
    const { url } = await startApi(() => ({ fine: true }))
    const answer = await fetch(url)
    expect([answer.status, await answer.json()]).toEqual([200, { fine: true }])
  })

  it('is 500 when the function fails', async () => {
    const { url } = await startApi(() => {
      throw new Error('secret')
    })
    const answer = await fetch(url)
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { message: 'Internal Server Error' }
    ])
  })

  it('is 503 after 30 s', async () => {
    const time = createManualTime()
    const held: (() => void)[] = []
    const hold = () => new Promise<void>((resolve) => held.push(resolve))
    const { url } = await startApi(hold, time)
    const inTime = fetch(url)
    await expect.poll(() => held.length).toBe(1)
    await time.advance(29_999)
    held[0]?.()
    expect((await inTime).status).toBe(200)
    const late = fetch(url)
    await expect.poll(() => held.length).toBe(2)
    await time.advance(30_000)
    expect((await late).status).toBe(503)
  })
})
