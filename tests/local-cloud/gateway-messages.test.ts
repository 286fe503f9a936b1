// What API Gateway does with messages of clients (gateway-facts.ts): limits, routes, answers, time.
import { afterEach, describe, expect, it } from 'vitest'
import { createManualTime } from './manual-time'
import { stopAll } from './lambda-bed'
import { fine, onlyId, open, startGateway, type ApiEvent, type Client } from './gateway-bed'

afterEach(stopAll)

const kb = 1024
const says = ({ body = '' }: ApiEvent) => ({ statusCode: 200, body })

/** What was sent to the client before has come to it then. */
async function answeredPing({ socket }: Client): Promise<void> {
  const ponged = new Promise((resolve) => socket.once('pong', resolve))
  socket.ping()
  await ponged
}

describe('A message to a WebSocket API', () => {
  it('is text: a binary frame closes the connection with 1003', async () => {
    const gateway = await startGateway()
    const client = await open(gateway.api.url)
    client.socket.send(Buffer.from('bytes'))
    expect((await client.closed).code).toBe(1003)
    expect(gateway.of('$default')).toEqual([])
  })

  it('comes in frames of at most 32 KB: a longer one closes the connection with 1009', async () => {
    const gateway = await startGateway()
    const client = await open(gateway.api.url)
    client.socket.send('a'.repeat(32 * kb))
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    client.socket.send('a'.repeat(32 * kb + 1))
    expect((await client.closed).code).toBe(1009)
    expect(gateway.of('$default')).toHaveLength(1)
  })

  it('has at most 128 KB in all its frames: more closes the connection with 1009', async () => {
    const gateway = await startGateway()
    const client = await open(gateway.api.url)
    const frame = 'a'.repeat(32 * kb)
    for (const fin of [false, false, false, true]) client.socket.send(frame, { fin })
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    expect(gateway.of('$default')[0]?.body).toHaveLength(128 * kb)
    for (const fin of [false, false, false, false]) client.socket.send(frame, { fin })
    client.socket.send('a', { fin: true })
    expect((await client.closed).code).toBe(1009)
    expect(gateway.of('$default')).toHaveLength(1)
  })

  it('goes to $default unless it is JSON that names another route', async () => {
    const gateway = await startGateway({ routeKeys: ['ping'] })
    const client = await open(gateway.api.url)
    const messages = ['{"route":"ping"}', 'ping', '{"route":"other"}', '{"route":"$connect"}', '[]']
    for (const message of messages) client.socket.send(message)
    await expect.poll(() => gateway.events.length).toBe(1 + messages.length)
    expect(gateway.of('ping').map(({ body }) => body)).toEqual(['{"route":"ping"}'])
    expect(gateway.of('$default').map(({ body }) => body)).toEqual(messages.slice(1))
  })

  it('is answered with what its function returns only where a RouteResponse is declared', async () => {
    const answering = await startGateway({ handler: says, answers: true })
    const client = await open(answering.api.url)
    client.socket.send('hello')
    await expect.poll(() => client.received).toEqual(['hello'])
    const silent = await startGateway({ handler: says, answers: false })
    const other = await open(silent.api.url)
    other.socket.send('hello')
    other.socket.send('and again')
    await expect.poll(() => silent.of('$default').length).toBe(2)
    // Whatever was sent would have come before the close.
    other.socket.close()
    await other.closed
    expect(other.received).toEqual([])
  })

  it('is answered with an error of the gateway in JSON when its function fails, declared or not', async () => {
    const throws = ({ body }: ApiEvent) => {
      if (body === undefined) return fine
      if (body === 'malformed') return { status: 'ok' }
      throw new Error('broken')
    }
    const { api } = await startGateway({ handler: throws, answers: false })
    const client = await open(api.url)
    for (const [at, body] of ['throw', 'malformed'].entries()) {
      client.socket.send(body)
      await expect.poll(() => client.received.length).toBe(at + 1)
    }
    for (const text of client.received) {
      expect(JSON.parse(text)).toEqual({
        message: 'Internal server error',
        connectionId: api.connections()[0],
        requestId: expect.any(String)
      })
    }
  })

  it('is given up after 29 s, while its function goes on', async () => {
    const time = createManualTime()
    let finish = (): void => undefined
    let finished = false
    const handler = async ({ body }: ApiEvent) => {
      if (body !== undefined) await new Promise<void>((resolve) => (finish = resolve))
      finished = body !== undefined
      return { statusCode: 200, body: 'too late' }
    }
    const gateway = await startGateway({ time, handler })
    const client = await open(gateway.api.url)
    client.socket.send('slow')
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    await time.advance(28_999)
    await answeredPing(client)
    expect(client.received).toEqual([])
    await time.advance(1)
    await expect.poll(() => client.received.length).toBe(1)
    expect(client.received[0]).toContain('Internal server error')
    finish()
    await expect.poll(() => finished).toBe(true)
    expect(client.received).toHaveLength(1)
  })

  it('does not wait for the one before it: messages of one connection overtake each other', async () => {
    const time = createManualTime()
    const delays = [30, 10, 20]
    const gateway = await startGateway({
      time,
      handler: says,
      deliveryMs: () => delays.shift() ?? 0
    })
    const client = await open(gateway.api.url)
    for (const message of ['a', 'b', 'c']) client.socket.send(message)
    await expect.poll(() => delays).toEqual([])
    for (const count of [1, 2, 3]) {
      await time.advance(10)
      await expect.poll(() => client.received.length).toBe(count)
    }
    expect(client.received).toEqual(['b', 'c', 'a'])
  })

  it('costs a request of the account: past 10,000 a second and 5,000 at once it is refused', async () => {
    const time = createManualTime()
    const { api, account } = await startGateway({ time, handler: says })
    const client = await open(api.url)
    await time.advance(1_000)
    expect(account.requests.take(5_001)).toBe(false)
    expect(account.requests.take(4_999)).toBe(true)
    client.socket.send('the last')
    await expect.poll(() => client.received).toEqual(['the last'])
    client.socket.send('one too many')
    await expect.poll(() => client.received.length).toBe(2)
    expect(client.received[1]).toContain('Too Many Requests')
    await time.advance(100)
    expect(account.requests.take(1_001)).toBe(false)
    expect(account.requests.take(1_000)).toBe(true)
  })
})

describe('A connection of a WebSocket API', () => {
  it('is closed when no message went for 10 minutes; a ping is none', async () => {
    const time = createManualTime()
    const gateway = await startGateway({ time })
    const client = await open(gateway.api.url)
    await time.advance(9 * 60_000)
    client.socket.send('still here')
    await expect.poll(() => gateway.of('$default').length).toBe(1)
    await time.advance(9 * 60_000)
    await answeredPing(client)
    expect(gateway.api.connections()).toHaveLength(1)
    await time.advance(60_000)
    expect((await client.closed).code).toBe(1001)
    await expect
      .poll(() => gateway.of('$disconnect')[0]?.requestContext)
      .toMatchObject({ disconnectStatusCode: 1001, disconnectReason: 'Going away' })
  })

  it('is closed after 2 hours, however busy', async () => {
    const time = createManualTime()
    const gateway = await startGateway({ time, handler: says })
    const client = await open(gateway.api.url)
    for (let minutes = 8; minutes < 120; minutes += 8) {
      await time.advance(8 * 60_000)
      client.socket.send(String(minutes))
      await expect.poll(() => client.received.at(-1)).toBe(String(minutes))
    }
    expect(gateway.api.connections()).toHaveLength(1)
    await time.advance(8 * 60_000)
    expect((await client.closed).code).toBe(1001)
  })

  it('may end without $disconnect, which is best effort', async () => {
    const chances = [0.1, 0.9]
    const gateway = await startGateway({ chance: () => chances.shift() ?? 1, disconnectLoss: 0.5 })
    for (const left of [1, 0]) {
      const client = await open(gateway.api.url)
      client.socket.close()
      await client.closed
      await expect.poll(() => chances.length).toBe(left)
    }
    await expect.poll(() => gateway.of('$disconnect').length).toBe(1)
    const [lost, told] = gateway
      .of('$connect')
      .map(({ requestContext }) => requestContext.connectionId)
    expect(gateway.of('$disconnect')[0]?.requestContext.connectionId).toBe(told)
    expect(lost).not.toBe(told)
  })

  it('that breaks off is told with 1006, one that closes without a code with 1005', async () => {
    const gateway = await startGateway()
    const broken = await open(gateway.api.url)
    gateway.api.cut(onlyId(gateway))
    expect((await broken.closed).code).toBe(1006)
    const closed = await open(gateway.api.url)
    closed.socket.close()
    await expect
      .poll(() =>
        gateway.of('$disconnect').map((event) => event.requestContext['disconnectStatusCode'])
      )
      .toEqual([1006, 1005])
  })

  it('is billed by begun minutes, its messages by 32 KB both ways', async () => {
    const time = createManualTime()
    const { api } = await startGateway({ time, handler: says })
    const client = await open(api.url)
    const frame = 'a'.repeat(32 * kb)
    client.socket.send(frame, { fin: false })
    client.socket.send('a', { fin: true })
    await expect.poll(() => client.received.length).toBe(1)
    await time.advance(61_000)
    client.socket.close()
    await client.closed
    expect(api.usage()).toEqual({ messages: 4, connectionMinutes: 2 })
  })
})
