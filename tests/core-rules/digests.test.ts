// Digests: a copy that is not what the log holds, at the place where both stand, is told so.
import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { createMemoryMetrics, type MemoryMetrics } from '../../sync-api/adapters/memory/metrics'
import { digestUpdates } from '../../sync-api/core/digest'
import { digestShareMax, unfoldedEntriesMax } from '../../sync-api/core/limits'
import { counters, histograms } from '../../sync-api/core/metrics'
import type { Folder } from '../../sync-api/core/ports'
import { digestBytes } from '../../sync-api/protocol/digest'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import type { ChannelRef } from '../../sync-api/protocol/ids'
import type { ClientMessage, Cursor } from '../../sync-api/protocol/messages'
import { atRest, beginning, createBed, only, pullAll, pushOf, subscribeTo } from './bed'
import type { Bed, Client } from './bed'

const wrong: Uint8Array = new Uint8Array(digestBytes)

let metrics: MemoryMetrics
let bed: Bed
let folder: Folder
let reports: string[]
beforeEach(() => {
  reports = []
  metrics = createMemoryMetrics()
  folder = createMemoryFolder()
  bed = createBed({
    metrics,
    report: (what) => reports.push(what),
    folder: {
      fold: (...given) => folder.fold(...given),
      digest: (...given) => folder.digest(...given)
    }
  })
})

function tellOf(ref: ChannelRef, cursor: Cursor, digest: Uint8Array = wrong): ClientMessage {
  return { type: 'digest', ...ref, cursor, digest }
}

/** Three pushes by the owner; answers where the log stands then. */
async function write(owner: Client, ref: ChannelRef): Promise<Cursor> {
  const acks = only('ack', await owner.say(pushOf(ref, 1), pushOf(ref, 2), pushOf(ref, 3)))
  return acks.at(-1)!.to
}

/** The digest of what the relay hands out. */
async function digestOfLog(client: Client, ref: ChannelRef): Promise<Uint8Array> {
  const { updates } = await pullAll(client, ref)
  return digestUpdates([...(ref.channel === 'content' ? [entryZero] : []), ...updates])
}

describe('a digest', () => {
  test('[DI2] of what the log holds is not answered; of anything else by differs', async () => {
    const { owner, content } = await bed.share()
    expect(await owner.say(tellOf(content, beginning, digestUpdates([entryZero])))).toEqual([])
    expect(await owner.say(tellOf(content, beginning))).toEqual([{ type: 'differs', ...content }])
    const cursor = await write(owner, content)
    const right = await digestOfLog(owner, content)
    expect(await owner.say(tellOf(content, cursor, right))).toEqual([])
    expect(await owner.say(tellOf(content, cursor))).toEqual([{ type: 'differs', ...content }])
    expect(metrics.counted(counters.digests)).toBe(4)
    expect(metrics.counted(counters.digestsDiffer)).toBe(2)
  })

  test('[DI2] is compared with a log that was folded as with one that was not', async () => {
    const { owner, content } = await bed.share()
    const pushes = Array.from({ length: unfoldedEntriesMax }, (_, at) => pushOf(content, at + 1))
    const cursor = only('ack', await owner.say(...pushes)).at(-1)!.to
    await atRest()
    expect(metrics.counted(counters.folds)).toBe(1)
    const whole = digestUpdates([entryZero, ...pushes.map(({ update }) => update)])
    expect(await owner.say(tellOf(content, cursor, whole))).toEqual([])
    expect(metrics.counted(counters.digests)).toBe(1)
  })

  test('[DI2] of comments is compared too, and rights are not', async () => {
    const { owner, document } = await bed.share()
    const comments = { document, channel: 'comments' } as const
    const rights = { document, channel: 'rights' } as const
    await owner.say(subscribeTo(comments), subscribeTo(rights))
    const cursor = await write(owner, comments)
    const right = await digestOfLog(owner, comments)
    expect(await owner.say(tellOf(comments, cursor, right))).toEqual([])
    expect(await owner.say(tellOf(comments, cursor))).toEqual([{ type: 'differs', ...comments }])
    const head = await bed.log.head(rights)
    expect(await owner.say(tellOf(rights, head.cursor))).toEqual([])
    expect(reports).toEqual([])
  })

  test('[DI2] says nothing of another place in the log, nor to who is not subscribed', async () => {
    const { owner, document, content } = await bed.share()
    const cursor = await write(owner, content)
    for (const elsewhere of [beginning, new Uint8Array([7]), Uint8Array.of(...cursor, 1)]) {
      expect(await owner.say(tellOf(content, elsewhere))).toEqual([])
    }
    expect(metrics.observed(histograms.digestMs)).toEqual([])
    const reader = await bed.connect(bed.person())
    await bed.relay.sharing.grant(owner.person, document, reader.person, 'viewer', 'Guest')
    expect(await reader.say(tellOf(content, cursor))).toEqual([])
    await reader.say(subscribeTo(content))
    expect(await reader.say(tellOf(content, cursor))).toEqual([{ type: 'differs', ...content }])
  })

  test('[DI2] is not answered when the right has gone meanwhile', async () => {
    const { owner, document, content } = await bed.share()
    const guest = await bed.connect(bed.person())
    await bed.relay.sharing.grant(owner.person, document, guest.person, 'viewer', 'Guest')
    await guest.say(subscribeTo(content))
    const cursor = await write(owner, content)
    const gate = holdDigests()
    await guest.say(tellOf(content, cursor))
    await bed.relay.sharing.withdraw(owner.person, document, guest.person)
    gate.open()
    expect(only('differs', await guest.hear())).toEqual([])
  })

  test('[DI3] of who may only read is not compared with a log that was restored', async () => {
    bed = createBed({ metrics, log: createMemoryLog(new Uint8Array(8), 1) })
    const { owner, document, content } = await bed.share()
    const guest = await bed.connect(bed.person())
    await bed.relay.sharing.grant(owner.person, document, guest.person, 'viewer', 'Guest')
    await guest.say(subscribeTo(content))
    const cursor = await write(owner, content)
    await guest.hear()
    expect(await guest.say(tellOf(content, cursor))).toEqual([])
    expect(await owner.say(tellOf(content, cursor))).toEqual([{ type: 'differs', ...content }])
  })

  test('by HTTP is no request', async () => {
    const { owner, content } = await bed.share()
    const answers = await bed.relay.bulk(owner.person, [tellOf(content, beginning)])
    expect(answers).toMatchObject([{ type: 'error', code: 'bad-request' }])
  })
})

describe('what digests cost', () => {
  test('a log is read once for all who ask where it stands, also at one moment', async () => {
    const { owner, content } = await bed.share()
    const second = await bed.connect(owner.person)
    await second.say(subscribeTo(content))
    const cursor = await write(owner, content)
    await second.hear()
    const gate = holdDigests()
    await Promise.all([owner.say(tellOf(content, cursor)), second.say(tellOf(content, cursor))])
    gate.open()
    expect(only('differs', await owner.hear())).toHaveLength(1)
    expect(only('differs', await second.hear())).toHaveLength(1)
    expect(await owner.say(tellOf(content, cursor))).toHaveLength(1)
    expect(metrics.observed(histograms.digestMs)).toHaveLength(1)
  })

  test('[DI2] one that was begun at another place says nothing of this one', async () => {
    const { owner, content } = await bed.share()
    const gate = holdDigests()
    await owner.say(tellOf(content, beginning))
    const cursor = await write(owner, content)
    await owner.say(tellOf(content, cursor))
    gate.open()
    expect(await owner.hear()).toHaveLength(1)
  })

  test('one is made at a time, and for a share of the time: others are not answered', async () => {
    const one = await bed.share()
    const other = await bed.share()
    const gate = holdDigests()
    await one.owner.say(tellOf(one.content, beginning))
    bed.pass(100)
    expect(await other.owner.say(tellOf(other.content, beginning))).toEqual([])
    gate.open()
    expect(await one.owner.hear()).toHaveLength(1)
    bed.pass(100 / digestShareMax - 101)
    expect(await other.owner.say(tellOf(other.content, beginning))).toEqual([])
    bed.pass(1)
    expect(await other.owner.say(tellOf(other.content, beginning))).toHaveLength(1)
  })

  test('a log that no digest can be made of is reported once and says nothing of a copy', async () => {
    const fail = () => Promise.reject(new Error('out of memory'))
    bed = createBed({ folder: { fold: fail, digest: fail }, report: (what) => reports.push(what) })
    const { owner, content } = await bed.share()
    expect(await owner.say(tellOf(content, beginning))).toEqual([])
    expect(await owner.say(tellOf(content, beginning))).toEqual([])
    expect(reports).toHaveLength(1)
  })

  test('a relay that stops waits for the one it is making', async () => {
    const { owner, content } = await bed.share()
    const gate = holdDigests()
    await owner.say(tellOf(content, beginning))
    let stopped = false
    const stop = bed.relay.stop().then(() => (stopped = true))
    await atRest()
    expect(stopped).toBe(false)
    gate.open()
    await stop
  })
})

/** Digests are made when the gate opens, and not before. */
function holdDigests(): { open(): void } {
  const { digest } = folder
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  folder = { ...folder, digest: (updates) => opened.then(() => digest(updates)) }
  return { open }
}
