// How API Gateway lets clients connect (gateway-facts.ts): a real WebSocket client, functions behind the stand-in.
import { afterEach, describe, expect, it } from 'vitest'
import { createManualTime } from './manual-time'
import { stopAll } from './lambda-bed'
import { fine, open, startGateway, type ApiEvent } from './gateway-bed'

afterEach(stopAll)

const allowed = (context: object = {}) => ({
  principalId: 'ann',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }]
  },
  context
})

describe('A WebSocket API that is connected to', () => {
  it('answers with the headers that $connect returns: the subprotocol is chosen there', async () => {
    const chooses = ({ headers }: ApiEvent) => ({
      statusCode: 200,
      headers:
        headers?.['Sec-WebSocket-Protocol'] === undefined ? {} : { 'Sec-WebSocket-Protocol': 'b' }
    })
    const { api } = await startGateway({ handler: chooses })
    expect((await open(api.url, ['a', 'b'])).socket.protocol).toBe('b')
    const silent = await startGateway()
    await expect(open(silent.api.url, ['a', 'b'])).rejects.toThrow('no subprotocol')
  })

  it('agrees on no extension', async () => {
    const { api } = await startGateway()
    expect((await open(api.url)).socket.extensions).toBe('')
  })

  it('refuses with the status that $connect returns, and with 502 when it fails', async () => {
    const { api } = await startGateway({
      handler: ({ headers }) => {
        if (headers?.['x-say'] === undefined) throw new Error('broken')
        return { statusCode: Number(headers['x-say']) }
      }
    })
    for (const status of [400, 401, 503]) {
      const headers = { 'x-say': String(status) }
      await expect(open(api.url, [], { headers })).rejects.toThrow(`status ${status}`)
    }
    await expect(open(api.url)).rejects.toThrow('status 502')
    expect(api.connections()).toEqual([])
  })

  it('waits 29 s for $connect, and refuses with 504', async () => {
    const time = createManualTime()
    const gateway = await startGateway({ time, handler: () => new Promise(() => undefined) })
    const refused = open(gateway.api.url).catch((failure: unknown) => failure)
    await expect.poll(() => gateway.events.length).toBe(1)
    await time.advance(29_000)
    expect(await refused).toMatchObject({ message: 'status 504' })
  })

  it('is found at its path only', async () => {
    const { api } = await startGateway()
    await expect(open(api.url.replace('/ws', '/other'))).rejects.toThrow('status 403')
  })

  it('takes 500 new connections at once and 500 a second more, and answers 429 past it', async () => {
    const time = createManualTime()
    const { api, account } = await startGateway({ time })
    expect(account.connections.take(501)).toBe(false)
    expect(account.connections.take(499)).toBe(true)
    await open(api.url)
    await expect(open(api.url)).rejects.toThrow('status 429')
    await time.advance(2)
    await open(api.url)
    await expect(open(api.url)).rejects.toThrow('status 429')
  })
})

describe('The authorizer of a WebSocket API', () => {
  it('decides before $connect: 401 without identity or as Unauthorized, 403 when it denies', async () => {
    const gateway = await startGateway({
      authorizer: ({ headers }) => {
        const ticket = headers?.['Sec-WebSocket-Protocol']
        if (ticket === 'unknown') throw new Error('Unauthorized')
        const verdict = allowed()
        if (ticket === 'denied') verdict.policyDocument.Statement[0]!.Effect = 'Deny'
        return verdict
      },
      handler: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'good' } })
    })
    await expect(open(gateway.api.url)).rejects.toThrow('status 401')
    await expect(open(gateway.api.url, ['unknown'])).rejects.toThrow('status 401')
    await expect(open(gateway.api.url, ['denied'])).rejects.toThrow('status 403')
    expect(gateway.events).toEqual([])
    await open(gateway.api.url, ['good'])
    expect(gateway.of('$connect')).toHaveLength(1)
  })

  it('may say 8 KB and simple values: else the answer is 500', async () => {
    let verdict: unknown = null
    const { api } = await startGateway({ authorizer: () => verdict })
    const broken = [
      allowed({ long: 'a'.repeat(8 * 1024) }),
      allowed({ list: [1] }),
      { principalId: 'ann' },
      null
    ]
    for (verdict of broken) await expect(open(api.url, ['a'])).rejects.toThrow('status 500')
  })

  it('has what it says given to every event of the connection, as texts', async () => {
    const gateway = await startGateway({
      authorizer: () => allowed({ person: 'p1', n: 7, good: true }),
      handler: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'a' } })
    })
    const client = await open(gateway.api.url, ['a'])
    client.socket.send('hello')
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    client.socket.close()
    await expect.poll(() => gateway.of('$disconnect').length).toBe(1)
    for (const { requestContext } of gateway.events) {
      expect(requestContext['authorizer']).toEqual({
        ...{ principalId: 'ann', person: 'p1', n: '7', good: 'true' }
      })
    }
  })

  it('is given the request and the ARN of $connect', async () => {
    const asked: ApiEvent[] = []
    const { api } = await startGateway({
      authorizer: (event) => {
        asked.push(event)
        return allowed()
      },
      handler: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'a' } })
    })
    await open(api.url, ['a', 'ticket'])
    expect(asked).toMatchObject([
      {
        type: 'REQUEST',
        methodArn: expect.stringMatching(
          /^arn:aws:execute-api:eu-west-1:\d{12}:\w+\/ws\/\$connect$/
        ),
        headers: { 'Sec-WebSocket-Protocol': 'a,ticket' },
        requestContext: { routeKey: '$connect', eventType: 'CONNECT' }
      }
    ])
  })
})

describe('The events of a WebSocket API', () => {
  it('are field by field those of API Gateway', async () => {
    const gateway = await startGateway({ handler: () => fine })
    const client = await open(`${gateway.api.url}?a=1&a=2`, [], {
      headers: { 'X-Mixed-Case': 'kept' }
    })
    client.socket.send('{"n":1}')
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    client.socket.close(4000, 'bye')
    await expect.poll(() => gateway.of('$disconnect').length).toBe(1)
    const [connected, message, disconnected] = gateway.events
    const same = {
      connectionId: expect.stringMatching(/^[\w-]{15}=$/),
      connectedAt: expect.any(Number),
      requestTimeEpoch: expect.any(Number),
      requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      domainName: expect.stringContaining('127.0.0.1'),
      stage: 'ws',
      messageDirection: 'IN',
      identity: { sourceIp: '127.0.0.1', userAgent: '' }
    }
    expect(connected).toMatchObject({
      headers: { 'X-Mixed-Case': 'kept', 'X-Forwarded-Proto': 'https' },
      multiValueHeaders: { 'X-Mixed-Case': ['kept'] },
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      requestContext: { ...same, routeKey: '$connect', eventType: 'CONNECT' },
      isBase64Encoded: false
    })
    expect(message).toMatchObject({
      ...{ body: '{"n":1}', isBase64Encoded: false },
      requestContext: {
        ...{ ...same, routeKey: '$default', eventType: 'MESSAGE' },
        messageId: expect.any(String)
      }
    })
    expect(message).not.toHaveProperty('headers')
    expect(disconnected).toMatchObject({
      requestContext: {
        ...{ ...same, routeKey: '$disconnect', eventType: 'DISCONNECT' },
        ...{ disconnectStatusCode: 4000, disconnectReason: 'bye' }
      }
    })
    const ids = gateway.events.map(({ requestContext }) => requestContext.connectionId)
    expect(new Set(ids).size).toBe(1)
  })
})
