// Frames: what is written is read again, and hostile bytes cost an error and nothing else.
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientMessage,
  encodeServerMessage,
  joinFrame
} from '../../sync-api/protocol/codec'
import { ProtocolError } from '../../sync-api/protocol/errors'
import {
  awarenessBytesMax,
  bulkBytesMax,
  cursorBytesMax,
  entriesPerMessageMax,
  itemsPerMessageMax,
  messagesPerFrameMax,
  peoplePerMessageMax,
  updateBytesMax,
  writersPerPushMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { countArrays, expectFew, weightOf, type Counter } from './allocation'
import { clientMessages, clientSamples, serverMessages, serverSamples } from './messages'
import { createSeeded, type Seeded } from './seeded'

const clientFrames = Object.values(clientSamples).map((all) =>
  joinFrame(all.map(encodeClientMessage))
)
const serverFrames = Object.values(serverSamples).map((all) =>
  joinFrame(all.map(encodeServerMessage))
)
const decoders = [decodeClientFrame, decodeServerFrame]

const nothing = new Uint8Array(0)
const { document, channel, outbox, writers } = clientSamples.push[0]!
const { person, tab } = serverSamples.awareness[0]!.people[0]!
const ref = { document, channel }
const span = { from: nothing, to: nothing }
const entry = { outbox, n: 1, update: nothing }
const many = <T>(length: number, item: T): T[] => Array.from({ length }, () => item)

/** Messages that make most of their bytes: nothing in them is longer than it must be. */
const smallest: readonly Uint8Array[] = [
  ...(
    [
      { type: 'hello', protocol: 1, schema: { major: 1, minor: 1 }, release: '' },
      {
        type: 'subscribe',
        items: many(itemsPerMessageMax, { ...ref, cursor: nothing, nonce: null })
      },
      { type: 'unsubscribe', items: many(itemsPerMessageMax, ref) },
      {
        ...ref,
        ...entry,
        type: 'push',
        epoch: 0,
        schemaMajor: 1,
        writers: many(writersPerPushMax, writers[0]!)
      },
      { type: 'awareness', document, tab, state: 'x'.repeat(awarenessBytesMax) },
      { type: 'renew', ticket: '' },
      { type: 'ping' }
    ] satisfies ClientMessage[]
  ).map(encodeClientMessage),
  ...(
    [
      {
        type: 'subscribed',
        items: many(itemsPerMessageMax, { ...ref, role: null, epoch: 0, stale: true })
      },
      { ...ref, ...span, type: 'catch-up', more: true, overHttp: false, entries: [] },
      { ...ref, ...span, type: 'entry', entries: many(2_000, entry) },
      {
        type: 'awareness',
        document,
        people: many(peoplePerMessageMax, { person, tab, state: null })
      },
      { type: 'error', code: 'not-found', about: null, retryMs: 0 },
      { type: 'renewed', ticketMs: 1 },
      { type: 'pong' }
    ] satisfies ServerMessage[]
  ).map(encodeServerMessage)
]

describe('messages', () => {
  test('[FR1] any list of client messages is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(clientMessages, { maxLength: 8 }), (messages) => {
        const frame = joinFrame(messages.map(encodeClientMessage))
        expect(decodeClientFrame(frame)).toEqual(messages)
      }),
      { numRuns: 1_000 }
    )
  })

  test('[FR1] any list of server messages is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(serverMessages, { maxLength: 8 }), (messages) => {
        const frame = joinFrame(messages.map(encodeServerMessage))
        expect(decodeServerFrame(frame)).toEqual(messages)
      }),
      { numRuns: 1_000 }
    )
  })

  test('[FR3] a message of an unknown type is left out and its neighbours are read', () => {
    const ping = encodeClientMessage({ type: 'ping' })
    for (const type of [0, 11, 40, 41, 99, 255]) {
      const unknown = new Uint8Array([type, 1, 2, 3])
      expect(decodeClientFrame(joinFrame([ping, unknown, ping]))).toHaveLength(2)
      expect(decodeServerFrame(joinFrame([unknown]))).toEqual([])
    }
  })

  test('[FR4] a byte too many or too few in any message is an error', () => {
    const client = Object.values(clientSamples).flat().map(encodeClientMessage)
    const server = Object.values(serverSamples).flat().map(encodeServerMessage)
    for (const message of [...client, ...server]) {
      const decode = client.includes(message) ? decodeClientFrame : decodeServerFrame
      expect(() => decode(joinFrame([new Uint8Array([...message, 0])]))).toThrow(ProtocolError)
      expect(() => decode(joinFrame([message.subarray(0, -1)]))).toThrow(ProtocolError)
    }
  })
})

describe('hostile bytes', () => {
  let arrays: Counter
  beforeEach(() => {
    arrays = countArrays()
  })
  afterEach(() => arrays.stop())

  /** Reads a frame as both sides and checks what was made of it against what went in. */
  function expectBounded(frame: Uint8Array): void {
    for (const decode of decoders) {
      arrays.take()
      const result = outcome(() => decode(frame))
      const onTheWay = arrays.take()
      if (typeof result === 'string') {
        if (result !== 'bad-frame') expect(result).toBe('bad-frame')
        expectFew(onTheWay, frame.length)
        continue
      }
      const { bytes, objects } = weightOf(result, frame)
      expectFew(onTheWay + bytes, frame.length)
      if (objects > frame.length) expect(objects).toBeLessThanOrEqual(frame.length)
    }
  }

  test('[FR2] 60,000 random frames give messages or a bad-frame error', () => {
    const random = createSeeded(1)
    for (let run = 0; run < 60_000; run++) expectBounded(random.bytes(random.below(80)))
  })

  test('[FR2] 120,000 damaged frames give messages or a bad-frame error', () => {
    const random = createSeeded(2)
    const all = [...clientFrames, ...serverFrames]
    for (let run = 0; run < 120_000; run++) expectBounded(damaged(random, all))
  })

  test('[FR2] frames full of the smallest messages and items give what they weigh', () => {
    for (const message of smallest) {
      const length = Math.min(messagesPerFrameMax, Math.ceil(20_000 / message.length))
      expectBounded(joinFrame(Array.from({ length }, () => message)))
    }
  })

  test('[FR2] 20,000 frames of small numbers give messages or a bad-frame error', () => {
    const random = createSeeded(5)
    // Every count, length and type is small here, so lists are long for what they take.
    for (let run = 0; run < 20_000; run++) {
      const message = random.bytes(random.below(120)).map((byte) => byte % 40)
      expectBounded(joinFrame([message, message]))
    }
  })

  test.each([
    ['writers', [5, ...zeros(17), 0, 0, 64, ...zeros(7)]],
    ['items', [2, ...varuint(itemsPerMessageMax), ...zeros(19)]],
    ['entries', [24, ...zeros(19), ...varuint(entriesPerMessageMax), ...zeros(10)]],
    ['people', [29, ...zeros(16), 60, ...zeros(25)]]
  ])('[FR2] a list with room for fewer %s than it says makes nothing for the rest', (_, body) => {
    expectBounded(joinFrame([new Uint8Array(body)]))
  })

  test('[FR2] a message is read as far as its own bytes, wherever they lie in memory', () => {
    const random = createSeeded(3)
    const all = [...clientFrames, ...serverFrames]
    for (let run = 0; run < 20_000; run++) {
      const frame = damaged(random, all)
      // Neighbours in one buffer, as in the pool that Node cuts small buffers from.
      const pool = new Uint8Array(frame.length + 64).fill(0x01)
      pool.set(frame, 32)
      for (const decode of decoders) {
        const inPool = outcome(() => decode(pool.subarray(32, 32 + frame.length)))
        expect(inPool).toEqual(outcome(() => decode(frame)))
      }
    }
  })

  test.each([
    ['a count of 2^53 in a list', [2, ...varuint(2 ** 53 - 1)]],
    ['a length of 2^53 in a byte string', [4, ...zeros(16), 0, ...varuint(2 ** 53 - 1)]],
    ['a number of nine bytes', [1, ...Array<number>(8).fill(0x80), 0]],
    ['a number beyond 2^53', [1, ...Array<number>(7).fill(0xff), 0x7f, 0, 0, 0]],
    ['a run of 400 continued zeros', [1, ...Array<number>(400).fill(0x80), 0]],
    ['a flag of 2', [6, ...zeros(24), 2]],
    ['an unknown channel', [4, ...zeros(16), 3, 0]],
    ['a text that is not UTF-8', [7, 2, 0xc3, 0x28]],
    ['a message without a type', []]
  ])('[FR2] %s is a bad frame', (_, message) => {
    const frame = joinFrame([new Uint8Array(message)])
    expect(outcome(() => decodeClientFrame(frame))).toBe('bad-frame')
  })

  test.each([
    ['a cursor', [4, ...zeros(16), 0, ...varuint(cursorBytesMax + 1), ...zeros(65)]],
    ['a list of items', [3, ...varuint(itemsPerMessageMax + 1), ...zeros(17 * 201)]],
    ['a presence', [6, ...zeros(24), 1, ...varuint(awarenessBytesMax + 1), ...zeros(4_097)]],
    ['a release', [1, 1, 1, 1, 65, ...zeros(65)]]
  ])('[FR5] %s beyond its limit is a bad frame', (_, message) => {
    const frame = joinFrame([new Uint8Array(message)])
    expect(outcome(() => decodeClientFrame(frame))).toBe('bad-frame')
  })

  test('[FR5] an update, a frame, and the messages of a frame have a limit', () => {
    const push = clientSamples.push[0]!
    const sized = (length: number) =>
      joinFrame([encodeClientMessage({ ...push, update: new Uint8Array(length) })])
    expect(decodeClientFrame(sized(updateBytesMax))).toHaveLength(1)
    expect(outcome(() => decodeClientFrame(sized(updateBytesMax + 1)))).toBe('bad-frame')
    expect(outcome(() => decodeClientFrame(new Uint8Array(bulkBytesMax + 1)))).toBe('bad-frame')
    const pings = (length: number) =>
      joinFrame(Array.from({ length }, () => encodeClientMessage({ type: 'ping' })))
    expect(decodeClientFrame(pings(messagesPerFrameMax))).toHaveLength(messagesPerFrameMax)
    expect(outcome(() => decodeClientFrame(pings(messagesPerFrameMax + 1)))).toBe('bad-frame')
  })
})

/** The result, or the code of its ProtocolError; any other error is ours and thrown on. */
function outcome<T>(read: () => T): T | string {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof ProtocolError) return cause.code
    throw cause
  }
}

function damaged(random: Seeded, frames: readonly Uint8Array[]): Uint8Array {
  const frame = frames[random.below(frames.length)]!.slice()
  for (let change = 0; change <= random.below(4); change++) {
    const at = random.below(frame.length)
    const kind = random.below(4)
    if (kind === 0) frame[at] = random.below(256)
    else if (kind === 1) frame[at]! ^= 1 << random.below(8)
    else if (kind === 2) frame.copyWithin(at, random.below(frame.length))
    else return frame.subarray(0, at)
  }
  return frame
}

function varuint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varuint(Math.floor(value / 128))]
}

function zeros(length: number): number[] {
  return Array<number>(length).fill(0)
}
