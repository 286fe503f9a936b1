// Messages whose chunks find one another in the table of connections, each of them through another function.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { meetChunks } from '../../../sync-api/adapters/aws/chunk-rows'
import { chunkLifetimeS } from '../../../sync-api/adapters/aws/limits'
import { splitFrame } from '../../../sync-api/protocol/chunks'
import { ProtocolError } from '../../../sync-api/protocol/errors'
import { chunkPayloadBytes, chunksToRelayMax } from '../../../sync-api/protocol/limits'
import { openConnectionsTable, type ConnectionsBed } from './connections-bed'

let bed: ConnectionsBed

beforeEach(async () => {
  bed = await openConnectionsTable()
})
afterEach(() => bed.stop())

const meet = (frame: Uint8Array, connection = 'a') =>
  meetChunks(bed.parts, connection, frame, bed.time.now())

/** A frame that is cut into so many chunks, each with other bytes. */
function frameOf(chunks: number, seed = 1): Uint8Array {
  const bytes = (chunks - 1) * chunkPayloadBytes + 100
  return Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8) + seed) & 255)
}

const chunksOf = (frame: Uint8Array, id = 1) => splitFrame(frame, id, chunksToRelayMax)

/** What each of them is answered, one after the other. */
async function met(frames: readonly Uint8Array[], connection = 'a') {
  const answers: (Uint8Array | null)[] = []
  for (const frame of frames) answers.push(await meet(frame, connection))
  return answers
}

const whole = (answers: readonly (Uint8Array | null)[]) => answers.filter((one) => one !== null)

describe('chunks of a message', () => {
  it('are none where the message is small, and nothing is written of it', async () => {
    const frame = new Uint8Array([2, 1, 7])
    expect(await meet(frame)).toBe(frame)
    expect(await meet(new Uint8Array(0))).toEqual(new Uint8Array(0))
    expect(bed.rows()).toEqual([])
  })

  it('give the whole to the last that was missing, in whatever order they come', async () => {
    const frame = frameOf(3)
    const [a, b, c] = chunksOf(frame) as [Uint8Array, Uint8Array, Uint8Array]
    const orders = [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a]
    ]
    for (const [at, order] of orders.entries()) {
      expect(await met(order, `connection ${at}`)).toEqual([null, null, frame])
    }
  })

  it('are joined by their numbers, of which there are more than ten', async () => {
    const frame = frameOf(chunksToRelayMax)
    const answers = await met(chunksOf(frame).toReversed())
    expect(answers.at(-1)).toEqual(frame)
    expect(whole(answers)).toHaveLength(1)
  })

  it('that come at the same time give the whole to one of them', async () => {
    const frame = frameOf(5)
    const again = [...chunksOf(frame), ...chunksOf(frame)]
    const answers = await Promise.all(again.map((chunk) => meet(chunk)))
    expect(whole(answers)).toEqual([frame])
  })

  it('that come twice are taken once, before and after the whole', async () => {
    const frame = frameOf(3)
    const [a, b, c] = chunksOf(frame) as [Uint8Array, Uint8Array, Uint8Array]
    expect(await met([a, a, b, b, c])).toEqual([null, null, null, null, frame])
    expect(await met([c, a, b, c, b, a])).toEqual([null, null, null, null, null, null])
  })

  it('of two messages mixed do not meet, nor those of two connections', async () => {
    const [one, other] = [frameOf(2, 1), frameOf(2, 2)]
    const [a, b] = chunksOf(one, 1) as [Uint8Array, Uint8Array]
    const [c, d] = chunksOf(other, 2) as [Uint8Array, Uint8Array]
    expect(await met([a, d, b, c])).toEqual([null, null, one, other])
    expect(await meet(a, 'b')).toBeNull()
    expect(await meet(b, 'c')).toBeNull()
    expect(await meet(b, 'b')).toEqual(one)
  })

  it('that say different numbers of one message never come together', async () => {
    const [a] = chunksOf(frameOf(2)) as [Uint8Array]
    const [, b, c] = chunksOf(frameOf(3)) as [Uint8Array, Uint8Array, Uint8Array]
    expect(await met([a, b, c])).toEqual([null, null, null])
  })

  it('leave only the mark that the whole was given, and that for a while', async () => {
    await met(chunksOf(frameOf(3)))
    expect(bed.rows()).toEqual(['taken'])
    await bed.time.advance(chunkLifetimeS * 1000)
    expect(bed.rows()).toEqual([])
  })

  it('wait for one that is missing, and are forgotten without it', async () => {
    const [a, b, c] = chunksOf(frameOf(3)) as [Uint8Array, Uint8Array, Uint8Array]
    expect(await met([a, c])).toEqual([null, null])
    await bed.time.advance(chunkLifetimeS * 1000 - 1_000)
    expect(bed.rows()).toHaveLength(2)
    await bed.time.advance(1_000)
    expect(bed.rows()).toEqual([])
    expect(await meet(b)).toBeNull()
  })
})

describe('a bad chunk', () => {
  const [good] = splitFrame(frameOf(2), 1, chunksToRelayMax) as [Uint8Array]
  const changed = (at: number, value: number) => Uint8Array.from(good).fill(value, at, at + 1)
  // Three bytes of length, the type, the id; then index and count.
  const head = 5

  it.each([
    ['of a message of more chunks than the relay takes', changed(head + 1, chunksToRelayMax + 1)],
    ['behind the last', changed(head, 2)],
    ['that is the only one', changed(head + 1, 1)],
    ['with something behind it', Uint8Array.from([...good, 0])],
    ['that is cut off', good.slice(0, -1)],
    ['of nothing but its type', good.slice(0, 4)]
  ])('%s is against the protocol, and nothing is written of it', async (_, frame) => {
    await expect(meet(frame)).rejects.toThrow(ProtocolError)
    expect(bed.rows()).toEqual([])
  })

  it('is one of those above by its numbers alone', async () => {
    expect(await meet(changed(head, 1))).toBeNull()
    expect(await meet(changed(head + 1, chunksToRelayMax))).toBeNull()
  })
})
