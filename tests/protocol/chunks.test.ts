// Chunks and coats: large frames travel in pieces, in bytes or in text, and arrive as they were.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createChunkJoiner, splitFrame } from '../../sync-api/protocol/chunks'
import {
  decodeClientFrame,
  encodeClientMessage,
  encodeServerMessage,
  joinFrame
} from '../../sync-api/protocol/codec'
import { fromText, toText } from '../../sync-api/protocol/coat'
import { ProtocolError } from '../../sync-api/protocol/errors'
import {
  awarenessBytesMax,
  chunkPayloadBytes,
  chunksToClientMax,
  chunksToRelayMax,
  cursorBytesMax,
  frameBytesMax,
  itemsPerMessageMax,
  labelBytesMax,
  pageBytesMax,
  peoplePerMessageMax,
  socketCheckpointBytesMax,
  socketUpdateBytesMax,
  writersPerPushMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { entryOverheadBytes } from '../../sync-api/core/limits'
import { countArrays, expectFew } from './allocation'
import { clientSamples, serverSamples } from './messages'
import { createSeeded } from './seeded'

const ping = joinFrame([encodeClientMessage({ type: 'ping' })])
const random = createSeeded(4)
const bytesToRelayMax = chunkPayloadBytes * chunksToRelayMax
const bytesToClientMax = chunkPayloadBytes * chunksToClientMax
const frameOf = (length: number) => joinFrame([random.bytes(length)])

test('[CH1] a frame of any size is joined again from pieces that fit both coats', () => {
  const sizes = [0, 1, chunkPayloadBytes - 3, chunkPayloadBytes, 2 * chunkPayloadBytes, 250_000]
  for (const size of [...sizes, bytesToRelayMax - 4]) {
    const frame = frameOf(size)
    const joiner = createChunkJoiner(chunksToRelayMax)
    const pieces = splitFrame(frame, Number.MAX_SAFE_INTEGER, chunksToRelayMax)
    for (const [at, piece] of pieces.entries()) {
      expect(toText(piece).length).toBeLessThanOrEqual(frameBytesMax)
      const joined = joiner(fromText(toText(piece)))
      expect(joined).toEqual(at === pieces.length - 1 ? frame : null)
    }
  }
})

test('[CH1] a frame too large for the socket is not split', () => {
  expect(() => splitFrame(new Uint8Array(bytesToRelayMax + 1), 1, chunksToRelayMax)).toThrow(
    'too large'
  )
})

test('[CH2] ordinary frames between chunks are handed out at once', () => {
  const frame = frameOf(50_000)
  const joiner = createChunkJoiner(chunksToRelayMax)
  const [first, second, third] = splitFrame(frame, 1, chunksToRelayMax)
  expect(joiner(first!)).toBeNull()
  expect(joiner(ping)).toEqual(ping)
  expect(joiner(second!)).toBeNull()
  expect(joiner(third!)).toEqual(frame)
})

test('[CH2] a first chunk forgets the unfinished message before it', () => {
  const frame = frameOf(50_000)
  const joiner = createChunkJoiner(chunksToRelayMax)
  joiner(splitFrame(frameOf(60_000), 1, chunksToRelayMax)[0]!)
  expect(splitFrame(frame, 2, chunksToRelayMax).map(joiner)).toEqual([null, null, frame])
})

test('[CH2] chunks of several messages to a client may mix', () => {
  const frames = [frameOf(50_000), frameOf(60_000), frameOf(100_000)]
  const waiting = frames.map((frame, id) => splitFrame(frame, id, chunksToClientMax))
  const joiner = createChunkJoiner(chunksToClientMax, frames.length)
  const joined: Uint8Array[] = []
  while (waiting.some((pieces) => pieces.length > 0)) {
    const piece = waiting[random.below(waiting.length)]!.shift()
    const frame = piece === undefined ? null : joiner(piece)
    if (frame !== null) joined.push(frame)
  }
  expect(joined).toHaveLength(frames.length)
  for (const frame of frames) expect(joined).toContainEqual(frame)
})

test('[CH2] of more messages than may mix the one that began first is forgotten, and its next chunk an error', () => {
  const [one, two, three] = [1, 2, 3].map((id) =>
    splitFrame(frameOf(50_000), id, chunksToClientMax)
  )
  const joiner = createChunkJoiner(chunksToClientMax, 2)
  for (const pieces of [one, two, three]) joiner(pieces![0]!)
  expect(joiner(two![1]!)).toBeNull()
  expect(joiner(three![1]!)).toBeNull()
  expect(() => joiner(one![1]!)).toThrow(ProtocolError)
})

test('[CH2] chunks that do not fit together are an error', () => {
  const one = splitFrame(frameOf(60_000), 1, chunksToRelayMax)
  const other = splitFrame(frameOf(60_000), 2, chunksToRelayMax)
  const longer = splitFrame(frameOf(80_000), 1, chunksToRelayMax)
  const hostile = [
    [one[1]],
    [one[0], one[2]],
    [one[0], one[1], one[1]],
    [one[0], other[1]],
    [one[0], longer[1]],
    [one[0], one[1], one[2], one[2]]
  ]
  for (const sequence of hostile) {
    const joiner = createChunkJoiner(chunksToRelayMax)
    for (const piece of sequence.slice(0, -1)) joiner(piece!)
    expect(() => joiner(sequence.at(-1)!)).toThrow(ProtocolError)
  }
})

test.each([
  ['a count of 1', [60, 1, 0, 1, 0]],
  ['a count beyond the limit', [60, 1, 0, chunksToRelayMax + 1, 0]],
  ['an index beyond the count', [60, 1, 2, 2, 0]],
  ['no end', [60, 1, 0, 2, 5, 1]],
  ['a byte too many', [60, 1, 0, 2, 1, 1, 1]]
])('[CH2] a chunk with %s is an error', (_, message) => {
  const joiner = createChunkJoiner(chunksToRelayMax)
  expect(() => joiner(joinFrame([new Uint8Array(message)]))).toThrow(ProtocolError)
})

test('[CH2] a chunk shares its frame with nothing', () => {
  const chunk = new Uint8Array([60, 1, 0, 2, 0])
  expect(() => createChunkJoiner(chunksToRelayMax)(joinFrame([chunk, chunk]))).toThrow(
    ProtocolError
  )
})

test('[CH3] whatever order chunks come in, what is joined stays below the limit', () => {
  const pool = [40_000, 60_000, 250_000].flatMap((size, at) =>
    splitFrame(frameOf(size), at, chunksToRelayMax)
  )
  for (let run = 0; run < 2_000; run++) {
    const joiner = createChunkJoiner(chunksToRelayMax)
    for (let step = 0; step < 20; step++) {
      const piece = random.below(3) === 0 ? random.bytes(20) : pool[random.below(pool.length)]!
      try {
        expect(joiner(piece)?.length ?? 0).toBeLessThanOrEqual(bytesToRelayMax)
      } catch (cause) {
        expect(cause).toBeInstanceOf(ProtocolError)
      }
    }
  }
})

test('[FR2] chunks and texts of any kind make at most a few bytes for each that came', () => {
  const chunk = (id: number, index: number, count: number, length: number) =>
    joinFrame([new Uint8Array([60, id, index, count, length, ...random.bytes(length)])])
  const texts = [
    ...splitFrame(frameOf(100_000), 7, chunksToRelayMax),
    ...Array.from({ length: chunksToRelayMax }, (_, index) =>
      chunk(1, index, chunksToRelayMax, index % 2)
    ),
    ...[0, 1, 2].map((index) => chunk(2, index, 3, 100)),
    chunk(3, 0, chunksToRelayMax, 0)
  ].map(toText)
  const spoilt = (text: string) => text.slice(0, -1) + '!'
  const arrays = countArrays()
  try {
    for (let run = 0; run < 300; run++) {
      const joiner = createChunkJoiner(chunksToRelayMax)
      let made = 0
      let received = 0
      let next = random.below(texts.length)
      for (let step = 0; step < 20; step++) {
        const text = random.below(40) === 0 ? spoilt(texts[next]!) : texts[next]!
        next = random.below(4) === 0 ? random.below(texts.length) : (next + 1) % texts.length
        arrays.take()
        const frame = outcome(() => fromText(text))
        expectFew(arrays.take(), text.length)
        if (frame === null) continue
        outcome(() => joiner(frame))
        made += arrays.take()
        received += frame.length
        expectFew(made, received)
      }
    }
  } finally {
    arrays.stop()
  }
})

test('[FR6] both coats carry the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (frame) => {
      expect(toText(frame)).toBe(Buffer.from(frame).toString('base64'))
      expect(fromText(toText(frame))).toEqual(frame)
    })
  )
})

test.each([
  'A',
  'AA',
  'AAA',
  '=',
  '====',
  'A===',
  'AA=A',
  'AA==AA==',
  'AA A',
  'AA-_',
  'ÄAAA',
  'AA\n='
])('[FR6] the text %j is no frame', (text) => {
  expect(() => fromText(text)).toThrow(ProtocolError)
})

test('[FR6] a text longer than a frame may be is an error', () => {
  expect(() => fromText('A'.repeat(frameBytesMax + 4))).toThrow(ProtocolError)
})

test('[LI1] the largest message of each kind fits one chunked message', () => {
  const cursor = new Uint8Array(cursorBytesMax)
  const label = 'x'.repeat(labelBytesMax)
  const state = 'x'.repeat(awarenessBytesMax)
  const repeat = <T>(length: number, item: T): T[] => Array.from({ length }, () => item)
  const push = clientSamples.push[0]!
  const page = serverSamples['catch-up'][0]!
  const present = serverSamples.awareness[0]!
  const fromClient: ClientMessage[] = [
    {
      type: 'subscribe',
      items: repeat(itemsPerMessageMax, {
        document: push.document,
        channel: push.channel,
        cursor,
        nonce: label
      })
    },
    {
      ...push,
      update: new Uint8Array(socketUpdateBytesMax),
      writers: repeat(writersPerPushMax, push.writers[0]!)
    }
  ]
  const least = new Uint8Array(2)
  const smallest = repeat(Math.floor(pageBytesMax / (least.length + entryOverheadBytes)), {
    ...page.entries[0]!,
    n: Number.MAX_SAFE_INTEGER,
    update: least
  })
  const fromRelay: ServerMessage[] = [
    {
      ...page,
      entries: [{ ...page.entries[0]!, update: new Uint8Array(socketCheckpointBytesMax) }]
    },
    { ...page, entries: smallest },
    { ...present, people: repeat(peoplePerMessageMax, { ...present.people[0]!, state }) }
  ]
  for (const message of fromClient.map(encodeClientMessage)) {
    expect(joinFrame([message]).length).toBeLessThanOrEqual(bytesToRelayMax)
  }
  for (const message of fromRelay.map(encodeServerMessage)) {
    expect(joinFrame([message]).length).toBeLessThanOrEqual(bytesToClientMax)
  }
})

test('a joined frame reads as its messages', () => {
  const push = clientSamples.push[0]!
  const large = { ...push, update: random.bytes(100_000) }
  const pieces = splitFrame(joinFrame([encodeClientMessage(large)]), 9, chunksToRelayMax)
  const joiner = createChunkJoiner(chunksToRelayMax)
  const joined = pieces.map(joiner).at(-1)
  expect(decodeClientFrame(joined!)).toEqual([large])
})

/** What was read; null where it was refused. */
function outcome<T>(read: () => T): T | null {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof ProtocolError) return null
    throw cause
  }
}
