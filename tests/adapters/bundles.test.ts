// What is told to many is encoded once, and what is told in one turn fits frames.
import { expect, test } from 'vitest'
import * as ws from 'ws'
import {
  emptyBundle,
  extendBundle,
  messagesOf,
  type Bundle
} from '../../sync-api/adapters/node/bundles'
import { framesOf } from '../../sync-api/protocol/frames'
import { binaryPacket } from '../../sync-api/adapters/node/packets'
import { createChunkJoiner } from '../../sync-api/protocol/chunks'
import { decodeServerFrame, encodeServerMessage } from '../../sync-api/protocol/codec'
import { chunkPayloadBytes, chunksToClientMax, frameBytesMax } from '../../sync-api/protocol/limits'
import type { ServerMessage } from '../../sync-api/protocol/messages'

const pong = encodeServerMessage({ type: 'pong' })
const handOver = (afterMs: number): ServerMessage => ({ type: 'hand-over', afterMs })
const bundleOf = (start: Bundle, messages: readonly Uint8Array[]): Bundle =>
  messages.reduce(extendBundle, start)

test('connections that are told the same in the same order share one bundle', () => {
  const turn = emptyBundle()
  const one = encodeServerMessage(handOver(1))
  const two = encodeServerMessage(handOver(2))
  expect(bundleOf(turn, [one, two])).toBe(bundleOf(turn, [one, two]))
  expect(bundleOf(turn, [one, pong, two])).not.toBe(bundleOf(turn, [one, two]))
  expect(bundleOf(turn, [one, two])).toBe(bundleOf(turn, [one, two]))
})

test('a turn of small messages is one frame, in order', () => {
  const messages = Array.from({ length: 100 }, (_, at) => handOver(at))
  const frames = framesOf(
    messagesOf(bundleOf(emptyBundle(), messages.map(encodeServerMessage))),
    () => 1
  )
  expect(frames.map(decodeServerFrame)).toEqual([messages])
})

test('a turn larger than a frame becomes several, and one message larger than that is chunked', () => {
  const error = (detail: number): ServerMessage => ({
    type: 'welcome',
    protocol: detail,
    person: 'AAAAAAAAAAAAAAAAAAAAAA' as never,
    binary: true,
    pushesInFlightMax: 1,
    ticketMs: 1,
    region: 'somewhere'
  })
  const small = Array.from({ length: 2_000 }, (_, at) => error(at))
  const large: ServerMessage = {
    type: 'catch-up',
    document: 'AAAAAAAAAAAAAAAAAAAAAA' as never,
    channel: 'content',
    from: new Uint8Array(0),
    to: new Uint8Array(8),
    more: false,
    overHttp: false,
    entries: [{ outbox: 'AAAAAAAAAAA' as never, n: 1, update: new Uint8Array(100_000).fill(7) }]
  }
  const messages = [...small, large, ...small]
  let id = 0
  const frames = framesOf(
    messagesOf(bundleOf(emptyBundle(), messages.map(encodeServerMessage))),
    () => ++id
  )
  for (const { length } of frames) expect(length).toBeLessThan(frameBytesMax)
  expect(frames.length).toBeLessThan(20)
  const join = createChunkJoiner(chunksToClientMax)
  const joined = frames.flatMap((frame) => {
    const whole = join(frame)
    return whole === null ? [] : decodeServerFrame(whole)
  })
  expect(joined).toEqual(messages)
})

test.each([0, 1, 125, 126, 8_192, 8_193, 65_535])(
  'a packet of %i bytes is what ws reads as one',
  async (length) => {
    const payload = new Uint8Array(length).fill(3)
    const [receiver, heard] = receiverOf()
    for (const part of binaryPacket(payload)) receiver.write(part)
    expect(new Uint8Array(await heard)).toEqual(payload)
  }
)

test('a packet longer than a chunk may be is our bug', () => {
  expect(() => binaryPacket(new Uint8Array(65_536))).toThrow('65536')
  expect(chunkPayloadBytes).toBeLessThan(65_536)
})

type Receiver = {
  write(bytes: Uint8Array): void
  on(event: string, heard: (data: Buffer) => void): void
}

/** The part of `ws` that reads frames, as a client uses it. */
function receiverOf(): [Receiver, Promise<Buffer>] {
  const { Receiver } = ws as unknown as { Receiver: new () => Receiver }
  const receiver = new Receiver()
  return [receiver, new Promise((heard) => receiver.on('message', heard))]
}
