// The callback address of API Gateway (gateway-facts.ts), through the real SDK client and to a real WebSocket client.
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand
} from '@aws-sdk/client-apigatewaymanagementapi'
import { afterEach, describe, expect, it } from 'vitest'
import { createManualTime } from './manual-time'
import { stopAll } from './lambda-bed'
import { callbackOf, fine, onlyId, open, startGateway, type Gateway } from './gateway-bed'

afterEach(stopAll)

/** A client's buffer in the gateway is full after this, as is what lies between the two, bytes. */
const unreadBytesEnough = 64 * 1024 * 1024

function posting(gateway: Gateway) {
  const client = callbackOf(gateway)
  return (ConnectionId: string, Data: string) =>
    client.send(new PostToConnectionCommand({ ConnectionId, Data }))
}

describe('@connections of a WebSocket API', () => {
  it('sends text to a client, whose id ends in = and comes encoded', async () => {
    const gateway = await startGateway()
    const post = posting(gateway)
    const client = await open(gateway.api.url)
    const id = onlyId(gateway)
    expect(id).toMatch(/=$/)
    await post(id, 'from a function')
    await expect.poll(() => client.received).toEqual(['from a function'])
  })

  it('knows nobody before $connect returned, and nobody after the end: 410', async () => {
    const tried: unknown[] = []
    const gateway = await startGateway({
      handler: async ({ requestContext }) => {
        if (requestContext.routeKey === '$connect') {
          tried.push(
            await post(requestContext.connectionId, 'early').catch((failure: unknown) => failure)
          )
        }
        return fine
      }
    })
    const post = posting(gateway)
    const client = await open(gateway.api.url)
    expect(tried).toMatchObject([{ name: 'GoneException', $metadata: { httpStatusCode: 410 } }])
    const id = onlyId(gateway)
    await post(id, 'now')
    await expect.poll(() => client.received).toEqual(['now'])
    client.socket.close()
    await client.closed
    await expect(post(id, 'late')).rejects.toMatchObject({ name: 'GoneException' })
    await expect(post('never-connected=', '')).rejects.toMatchObject({ name: 'GoneException' })
  })

  it('takes 131,072 bytes, and refuses more with 413', async () => {
    const gateway = await startGateway()
    const post = posting(gateway)
    const client = await open(gateway.api.url)
    await expect(post(onlyId(gateway), 'a'.repeat(131_073))).rejects.toMatchObject({
      ...{ name: 'PayloadTooLargeException', $metadata: { httpStatusCode: 413 } }
    })
    await post(onlyId(gateway), 'a'.repeat(131_072))
    await expect.poll(() => client.received.map((text) => text.length)).toEqual([131_072])
  })

  it('shares the requests of the account with everything else: 429 past them', async () => {
    const time = createManualTime()
    const gateway = await startGateway({ time })
    const post = posting(gateway)
    await open(gateway.api.url)
    await time.advance(1_000)
    expect(gateway.account.requests.take(4_999)).toBe(true)
    await post(onlyId(gateway), 'the last')
    await expect(post(onlyId(gateway), 'one too many')).rejects.toMatchObject({
      ...{ name: 'LimitExceededException', $metadata: { httpStatusCode: 429 } }
    })
    await time.advance(1)
    await post(onlyId(gateway), 'again')
  })

  it('refuses with 429 while a client does not read what it was sent, and goes on when it does', async () => {
    const gateway = await startGateway()
    const post = posting(gateway)
    const client = await open(gateway.api.url)
    const text = 'a'.repeat(128 * 1024)
    client.socket.pause()
    let sent = 0
    const fill = async (): Promise<never> => {
      for (; sent * text.length < unreadBytesEnough; sent += 1) await post(onlyId(gateway), text)
      throw new Error('never full')
    }
    await expect(fill()).rejects.toMatchObject({ name: 'LimitExceededException' })
    client.socket.resume()
    await expect.poll(() => client.received.length).toBe(sent)
    await post(onlyId(gateway), 'small')
    await expect.poll(() => client.received.at(-1)).toBe('small')
  })

  it('tells since when a client is connected, and closes its connection', async () => {
    const time = createManualTime()
    const gateway = await startGateway({ time })
    const callback = callbackOf(gateway)
    const client = await open(gateway.api.url)
    const connectedAt = time.now()
    const ConnectionId = onlyId(gateway)
    await time.advance(5_000)
    client.socket.send('hello')
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    expect(await callback.send(new GetConnectionCommand({ ConnectionId }))).toMatchObject({
      ConnectedAt: new Date(connectedAt),
      LastActiveAt: new Date(connectedAt + 5_000),
      Identity: { SourceIp: '127.0.0.1' }
    })
    await callback.send(new DeleteConnectionCommand({ ConnectionId }))
    expect((await client.closed).code).toBe(1000)
    await expect.poll(() => gateway.of('$disconnect').length).toBe(1)
    await expect(callback.send(new GetConnectionCommand({ ConnectionId }))).rejects.toMatchObject({
      name: 'GoneException'
    })
  })

  it('refuses who does not sign', async () => {
    const gateway = await startGateway()
    await open(gateway.api.url)
    const id = encodeURIComponent(onlyId(gateway))
    const answer = await fetch(`${gateway.api.callbackUrl}/@connections/${id}`, { method: 'POST' })
    expect(answer.status).toBe(403)
  })
})
