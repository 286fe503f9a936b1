// Subscribing and catching up: where a channel stands, and every entry once, in order.
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { foldUpdates } from '../../sync-api/core/fold'
import { entryOverheadBytes } from '../../sync-api/core/limits'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { documentIdOf, libraryIdOf, type ChannelRef } from '../../sync-api/protocol/ids'
import {
  itemsPerMessageMax,
  pageBytesMax,
  subscriptionsPerConnectionMax
} from '../../sync-api/protocol/limits'
import type { ClientMessage, SubscribeItem } from '../../sync-api/protocol/messages'
import {
  beginning,
  createBed,
  nonce,
  only,
  pullAll,
  pullFrom,
  pushOf,
  subscribeTo,
  tab,
  writtenBy,
  type Bed,
  type Client
} from './bed'

describe('subscribing', () => {
  test('[SU1] the answer says role, epoch, and whether there is more than the cursor covers', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    expect(await owner.say(subscribeTo(content))).toEqual([
      { type: 'subscribed', items: [{ ...content, role: 'owner', epoch: 0, stale: false }] }
    ])
    const [ack] = only('ack', await owner.say(pushOf(content, 1)))
    const item: SubscribeItem = { ...content, cursor: ack!.to, nonce: null }
    const answers = await owner.say(subscribeTo(content), { type: 'subscribe', items: [item] })
    const items = only('subscribed', answers).flatMap((one) => one.items)
    expect(items.map((one) => one.stale)).toEqual([true, false])
  })

  test('[SU2] a document that does not exist and one without a right look the same', async () => {
    const bed = createBed()
    const { document } = await bed.share()
    const stranger = await bed.connect(bed.person())
    const none = documentIdOf(stranger.person, 'never made')
    const answers: unknown[] = []
    for (const id of [document, none]) {
      const ref = { document: id, channel: 'content' } as const
      const said = await stranger.say(subscribeTo(ref), pullFrom(ref), pushOf(ref, 1))
      answers.push(JSON.parse(JSON.stringify(said).replaceAll(id, 'that document')))
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]).toMatchObject([
      { type: 'subscribed', items: [{ role: null, epoch: 0, stale: false }] },
      { type: 'error', code: 'not-found' },
      { type: 'refused', reason: 'not-found' }
    ])
  })

  test('[SU3] the nonce that gives the id makes the document, for its creator only', async () => {
    const bed = createBed()
    const [creator, thief] = [await bed.connect(bed.person()), await bed.connect(bed.person())]
    const ref = { document: documentIdOf(creator.person, nonce), channel: 'content' } as const
    expect(await roleAfter(thief, subscribeTo(ref, nonce))).toBeNull()
    expect(await roleAfter(creator, subscribeTo(ref, 'another nonce'))).toBeNull()
    expect(await roleAfter(creator, subscribeTo(ref))).toBeNull()
    expect(await roleAfter(creator, subscribeTo(ref, nonce))).toBe('owner')
    expect(await roleAfter(creator, subscribeTo(ref, nonce))).toBe('owner')
    expect(await roleAfter(thief, subscribeTo(ref, nonce))).toBeNull()
    expect((await bed.log.head({ ...ref, channel: 'rights' })).unfoldedEntries).toBe(1)
  })

  test('[SU3] a library is made like any other document', async () => {
    const bed = createBed()
    const client = await bed.connect(bed.person())
    const ref = { document: libraryIdOf(client.person), channel: 'content' } as const
    expect(await roleAfter(client, subscribeTo(ref, 'library'))).toBe('owner')
  })

  test('[SU4] after an unsubscribe neither entries nor people come', async () => {
    const bed = createBed()
    const { owner, content, document } = await bed.share()
    const second = await bed.connect(owner.person)
    await second.say(subscribeTo(content))
    await second.say({ type: 'unsubscribe', items: [content] })
    await owner.say(pushOf(content, 1), { type: 'awareness', document, tab, state: '{}' })
    expect(await second.hear()).toEqual([])
  })

  test('[SU5] too many subscriptions are refused one by one; the others stand', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const refs = Array.from({ length: subscriptionsPerConnectionMax }, (_, at) => ({
      document: documentIdOf(owner.person, String(at)),
      channel: 'content' as const
    }))
    for (let at = 0; at < refs.length; at += itemsPerMessageMax) {
      const items = refs
        .slice(at, at + itemsPerMessageMax)
        .map((ref, of) => ({ ...ref, cursor: beginning, nonce: String(at + of) }))
      const answers = await owner.say({ type: 'subscribe', items })
      const over = only('error', answers)
      const isLast = at + itemsPerMessageMax >= refs.length
      expect(over.map((one) => one.code)).toEqual(isLast ? ['over-limit'] : [])
    }
    const other = await bed.connect(owner.person)
    await other.say(pushOf(content, 1))
    expect(only('entry', await owner.hear())).toHaveLength(1)
  })
})

const long = 'x'.repeat(20_000)

describe('catching up', () => {
  test('[CU1] pulling page after page gives every entry once, in the order of the log', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const numbers = Array.from({ length: 40 }, (_, at) => at + 1)
    for (const n of numbers)
      await owner.say(pushOf(content, n, writtenBy(owner.person, content, long)))
    const pulled = await pullAll(owner, content)
    expect(pulled.numbers).toEqual(numbers)
    expect(pulled.pages).toBe(
      Math.ceil(40 / Math.floor(pageBytesMax / (pulled.updates[0]!.length + entryOverheadBytes)))
    )
  })

  test('[CU1] an empty log and a cursor at its end give an empty page', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    expect((await pullAll(owner, content)).numbers).toEqual([])
    const [ack] = only('ack', await owner.say(pushOf(content, 1)))
    const [page] = only('catch-up', await owner.say(pullFrom(content, ack!.to)))
    expect(page).toMatchObject({ from: ack!.to, to: ack!.to, more: false, entries: [] })
  })

  test('[CU2] a folded log gives its checkpoint, then what came after: the same document', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    for (let n = 1; n <= 6; n++) await owner.say(pushOf(content, n))
    const before = await pullAll(owner, content)
    await fold(bed, content, before.updates.slice(0, 4))
    const after = await pullAll(owner, content)
    expect(after.numbers).toEqual([0, 5, 6])
    expect(titleOf(after.updates)).toBe(titleOf(before.updates))
    expect(titleOf(after.updates).length).toBeGreaterThan(0)
  })

  test('[CU3] a cursor of another log, or behind the end, is told to begin anew', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    await owner.say(pushOf(content, 1))
    for (const cursor of [new Uint8Array([1]), new Uint8Array(40).fill(7)]) {
      expect(await owner.say(pullFrom(content, cursor))).toEqual([{ type: 'resync', ...content }])
    }
  })

  test('[CU4] a page too large for the socket says so and carries nothing; HTTP carries it', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const written = writtenBy(owner.person, content, 'x'.repeat(pageBytesMax + 1))
    const push = pushOf(content, 1, written)
    await bed.relay.bulk(owner.person, [push])
    const [page] = only('catch-up', await owner.say(pullFrom(content)))
    expect(page).toMatchObject({ overHttp: true, entries: [], more: true, to: page!.from })
    const [answer] = await bed.relay.bulk(owner.person, [pullFrom(content)])
    expect(answer).toMatchObject({ type: 'catch-up', overHttp: false, more: false })
    expect(only('catch-up', [answer!])[0]!.entries[0]!.update).toEqual(push.update)
  })

  test('[CU4] a large checkpoint is carried to a connection that pulls nothing else', async () => {
    const bed = createBed()
    const { owner, content } = await bed.share()
    const written = writtenBy(owner.person, content, 'x'.repeat(pageBytesMax))
    await bed.relay.bulk(owner.person, [pushOf(content, 1, written)])
    await fold(bed, content, [written.update])
    const pull = pullFrom(content)
    const alone = only('catch-up', await owner.say(pull))
    expect(alone).toMatchObject([{ overHttp: false, more: false, entries: [{ n: 0 }] }])
    expect(titleOf([alone[0]!.entries[0]!.update])).toHaveLength(pageBytesMax)
    const several = only('catch-up', await owner.say(pull, pull))
    expect(several.map(({ overHttp }) => overHttp)).toContain(true)
  })
})

async function roleAfter(client: Client, message: ClientMessage): Promise<string | null> {
  const [answer] = only('subscribed', await client.say(message))
  return answer!.items[0]!.role
}

/** Folds the first entries of a log, whose updates are given. */
async function fold(bed: Bed, ref: ChannelRef, updates: readonly Uint8Array[]): Promise<void> {
  const bytes = updates.reduce((sum, update) => sum + update.length + entryOverheadBytes, 0)
  const page = await bed.log.read(ref, beginning, bytes)
  if (page?.entries.length !== updates.length) throw new Error('Not the page that was asked for')
  const update = foldUpdates([entryZero, ...updates])
  const checkpoint = { update, authors: new Map(), firstAt: 0, lastAt: bed.now() }
  expect(await bed.log.fold(ref, page.to, checkpoint)).toBe(true)
}

function titleOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of [entryZero, ...updates]) Y.applyUpdate(doc, update)
  return doc.getText('title').toJSON()
}
