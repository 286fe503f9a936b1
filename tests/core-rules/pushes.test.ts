// Pushes: numbered, appended once, acknowledged when durable, handed to the others as they came.
import { describe, expect, test } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import type { Log } from '../../sync-api/core/ports'
import { updateBytesMax } from '../../sync-api/protocol/limits'
import { createBed, only, otherOutbox, outbox, pullAll, pushOf, subscribeTo } from './bed'

describe('numbers', () => {
  test('[NU2] the next number is appended and acknowledged with where the log stood', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const acks = only('ack', await owner.say(pushOf(content, 1), pushOf(content, 2)))
    expect(acks.map((one) => one.n)).toEqual([1, 2])
    expect(acks[0]!.from).toEqual(new Uint8Array(0))
    expect(acks[1]!.from).toEqual(acks[0]!.to)
    expect((await bed.log.head(content)).cursor).toEqual(acks[1]!.to)
  })

  test('[NU2] nothing is acknowledged or handed out before it is durable', async () => {
    const { log, release } = heldLog()
    const bed = createBed({ log })
    const { owner, content } = await bed.share()
    const other = await bed.connect(owner.person)
    await other.say(subscribeTo(content))
    expect(await owner.say(pushOf(content, 1))).toEqual([])
    expect(await other.hear()).toEqual([])
    release()
    expect(only('ack', await owner.hear())).toHaveLength(1)
    expect(only('entry', await other.hear())).toHaveLength(1)
  })

  test('[NU3] a number that was appended is acknowledged again, and stands in the log once', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const push = pushOf(content, 1)
    await owner.say(push)
    const again = await bed.connect(owner.person)
    expect(only('ack', await again.say(push))).toMatchObject([{ n: 1, outbox }])
    expect(await bed.relay.bulk(owner.person, [push])).toMatchObject([{ type: 'ack', n: 1 }])
    expect((await pullAll(owner, content)).numbers).toEqual([1])
    expect(only('entry', await owner.hear())).toEqual([])
  })

  test('[NU3] a number on its way to the log twice is appended once and acknowledged to both', async () => {
    const { log, release } = heldLog()
    const bed = createBed({ log })
    const { owner, content } = await bed.share()
    const other = await bed.connect(owner.person)
    await owner.say(pushOf(content, 1))
    await other.say(pushOf(content, 1))
    release()
    expect(only('ack', await owner.hear())).toHaveLength(1)
    expect(only('ack', await other.hear())).toHaveLength(1)
    expect((await pullAll(owner, content)).numbers).toEqual([1])
  })

  test('[NU4] a number beyond the next is answered with the last one there is', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    await owner.say(pushOf(content, 1))
    expect(await owner.say(pushOf(content, 3))).toEqual([
      { type: 'gap', ...content, outbox, have: 1 }
    ])
    expect(only('ack', await owner.say(pushOf(content, 2), pushOf(content, 3)))).toHaveLength(2)
  })

  test('[NU1] each outbox and each channel counts for itself', async () => {
    const bed = createBed()
    const { owner, content, document } = await bed.share()
    const comments = { document, channel: 'comments' } as const
    const answers = await owner.say(
      pushOf(content, 1),
      pushOf(content, 1, { outbox: otherOutbox }),
      pushOf(comments, 1),
      pushOf(comments, 3)
    )
    expect(only('ack', answers)).toHaveLength(3)
    expect(only('gap', answers)).toMatchObject([{ channel: 'comments', have: 1 }])
  })
})

describe('fan-out', () => {
  test('[NU5] every subscriber but the author is sent the entries, in the order of the log', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const others = [await bed.connect(owner.person), await bed.connect(owner.person)]
    for (const other of others) await other.say(subscribeTo(content))
    const silent = await bed.connect(owner.person)
    await owner.say(pushOf(content, 1), pushOf(content, 2))
    await owner.say(pushOf(content, 3))
    for (const other of others) {
      const entries = only('entry', await other.hear())
      expect(entries.flatMap((one) => one.entries.map(({ n }) => n))).toEqual([1, 2, 3])
      for (const [at, one] of entries.slice(1).entries()) expect(one.from).toEqual(entries[at]!.to)
    }
    expect(await silent.hear()).toEqual([])
    expect(only('entry', await owner.hear())).toEqual([])
  })

  test('[NU5] authors who push at once are told of each other in the order of the log', async () => {
    const { log, release } = heldLog()
    const bed = createBed({ log })
    const { owner, content } = await bed.share()
    const other = await bed.connect(owner.person)
    await other.say(subscribeTo(content))
    await owner.say(pushOf(content, 1))
    await other.say(pushOf(content, 1, { outbox: otherOutbox }))
    await owner.say(pushOf(content, 2))
    release()
    for (const client of [owner, other]) {
      const spans = (await client.hear()).flatMap((one) =>
        one.type === 'ack' || one.type === 'entry' ? [one] : []
      )
      for (const [at, one] of spans.slice(1).entries()) expect(one.from).toEqual(spans[at]!.to)
      expect(spans.at(-1)!.to).toEqual((await log.head(content)).cursor)
    }
  })

  test('[NU6] what is handed out and pulled are the bytes that were pushed', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const other = await bed.connect(owner.person)
    await other.say(subscribeTo(content))
    const push = pushOf(content, 1)
    const { update } = push
    await owner.say(push)
    expect(only('entry', await other.hear())[0]!.entries).toMatchObject([{ outbox, n: 1, update }])
    expect((await pullAll(other, content)).updates).toEqual([update])
  })
})

describe('failures', () => {
  test('[NU7] what could not be stored is not acknowledged, and may be sent again', async () => {
    const memory = createMemoryLog()
    let full = false
    const log: Log = {
      ...memory,
      async append(ref, entries) {
        if (full) throw new Error('No space left on device')
        return memory.append(ref, entries)
      }
    }
    const bed = createBed({ log })
    const { owner, content } = await bed.share()
    full = true
    const answers = await owner.say(pushOf(content, 1), pushOf(content, 2))
    expect(answers).toMatchObject(
      [1, 2].map(() => ({ type: 'error', code: 'storage-failed', about: content }))
    )
    expect(only('error', answers)[0]!.retryMs).toBeGreaterThan(0)
    full = false
    expect(only('ack', await owner.say(pushOf(content, 1), pushOf(content, 2)))).toHaveLength(2)
    expect((await pullAll(owner, content)).numbers).toEqual([1, 2])
  })

  test('[NU8] an epoch, a size or a form that does not fit is refused for good', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const refused = [
      [pushOf(content, 1, { epoch: 7 }), 'epoch'],
      [pushOf(content, 1, { update: new Uint8Array(updateBytesMax + 1) }), 'too-large'],
      [pushOf(content, 1, { update: new Uint8Array(1) }), 'invalid'],
      [pushOf(content, 0), 'invalid']
    ] as const
    for (const [push, reason] of refused) {
      expect(await owner.say(push)).toMatchObject([{ type: 'refused', reason, n: push.n }])
    }
    expect((await pullAll(owner, content)).numbers).toEqual([])
    expect(only('ack', await owner.say(pushOf(content, 1)))).toHaveLength(1)
  })
})

/** A log whose content channels wait with their appends until `release`. */
function heldLog(): { log: Log; release: () => void } {
  const memory = createMemoryLog()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const log: Log = {
    ...memory,
    async append(ref, entries) {
      if (ref.channel === 'content') await held
      return memory.append(ref, entries)
    }
  }
  return { log, release: () => release() }
}
