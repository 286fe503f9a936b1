// Frames as API Gateway takes and sends them (gateway-facts.ts), byte by byte: no WebSocket client shows them.
import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
import { afterEach, describe, expect, it } from 'vitest'
import { stopAll, stopsLater } from './lambda-bed'
import { callbackOf, onlyId, open, startGateway, type ApiEvent } from './gateway-bed'

afterEach(stopAll)

const masked = 0x80
const noMask = Buffer.alloc(4)
const isFinal = 0x80

/** A connection whose bytes are written and read by hand. */
async function openRaw(url: string): Promise<{ socket: Socket; heard: () => Buffer }> {
  const asking = request(url.replace('ws:', 'http:'), {
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket' },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    }
  })
  asking.end()
  const [answer, socket] = (await once(asking, 'upgrade')) as [unknown, Socket]
  expect(answer).toMatchObject({
    headers: { 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }
  })
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  stopsLater({ stop: async () => void socket.destroy() })
  return { socket, heard: () => Buffer.concat(parts) }
}

/** Opcode, end of the message and size of each frame in these bytes. */
function framesIn(bytes: Buffer): [opcode: number, final: boolean, size: number][] {
  const frames: [number, boolean, number][] = []
  for (let at = 0; at < bytes.length;) {
    const short = bytes[at + 1] ?? 0
    const size = short === 126 ? bytes.readUInt16BE(at + 2) : short
    const first = bytes[at] ?? 0
    frames.push([first & 0x0f, (first & isFinal) !== 0, size])
    at += (short === 126 ? 4 : 2) + size
  }
  return frames
}

const closedWith = (bytes: Buffer): number | null =>
  bytes[0] === (isFinal | 8) ? bytes.readUInt16BE(2) : null

describe('A frame of a WebSocket API', () => {
  it('leaves with at most 32 KB: a longer message is several', async () => {
    const gateway = await startGateway()
    const { heard } = await openRaw(gateway.api.url)
    const Data = 'a'.repeat(70 * 1024)
    await callbackOf(gateway).send(
      new PostToConnectionCommand({ ConnectionId: onlyId(gateway), Data })
    )
    await expect.poll(() => heard().length).toBe(70 * 1024 + 3 * 4)
    expect(framesIn(heard())).toEqual([
      ...[[1, false, 32 * 1024] as const, [0, false, 32 * 1024] as const],
      [0, true, 6 * 1024]
    ])
  })

  it.each([
    ['is not masked', [isFinal | 1, 1, 97], 1002],
    ['is compressed', [isFinal | 0x40 | 1, masked | 1, ...noMask, 97], 1002],
    ['continues nothing', [isFinal | 0, masked | 1, ...noMask, 97], 1002],
    ['is of no known kind', [isFinal | 3, masked | 1, ...noMask, 97], 1002],
    ['is no UTF-8', [isFinal | 1, masked | 1, ...noMask, 0xff], 1007],
    [
      'says it is too long, before it came',
      [isFinal | 1, masked | 126, 0x80, 0x01, ...noMask],
      1009
    ],
    [
      'says it is longer than any',
      [isFinal | 1, masked | 127, ...Array(8).fill(1), ...noMask],
      1009
    ]
  ])('that %s closes the connection', async (_, bytes, code) => {
    const { api } = await startGateway()
    const { socket, heard } = await openRaw(api.url)
    socket.write(Buffer.from(bytes as number[]))
    await expect.poll(() => closedWith(heard())).toBe(code)
    expect(api.connections()).toEqual([])
  })

  it('may come in any pieces, several at once', async () => {
    const gateway = await startGateway()
    const { socket } = await openRaw(gateway.api.url)
    const one = (text: string) => [
      isFinal | 1,
      masked | text.length,
      ...noMask,
      ...Buffer.from(text)
    ]
    const bytes = Buffer.from([...one('first'), ...one('second'), ...one('third')])
    socket.setNoDelay(true)
    for (const at of bytes.keys()) {
      if (at < 10) await new Promise((resolve) => socket.write(bytes.subarray(at, at + 1), resolve))
    }
    socket.write(bytes.subarray(10))
    await expect
      .poll(() => gateway.of('$default').map(({ body }) => body))
      .toEqual(['first', 'second', 'third'])
  })
})

describe('An answer of a WebSocket API', () => {
  it('has at most 128 KB: a longer one is an error of the gateway', async () => {
    const handler = ({ body }: ApiEvent) => ({
      statusCode: 200,
      body: 'a'.repeat(Number(body ?? 0))
    })
    const { api } = await startGateway({ handler })
    const client = await open(api.url)
    for (const bytes of [131_072, 131_073]) client.socket.send(String(bytes))
    await expect.poll(() => client.received.length).toBe(2)
    const lengths = client.received.map((text) => text.length)
    expect(lengths).toContain(131_072)
    expect(client.received.find((text) => text.length < 200)).toContain('Internal server error')
  })
})
