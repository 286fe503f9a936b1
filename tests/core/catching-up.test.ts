// Pages of what was missed, before and after folding.
import * as Y from 'yjs'
import { expect, it } from 'vitest'
import { unfoldedEntriesMax } from '../../sync-api/core/limits'
import { counters } from '../../sync-api/core/metrics'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { clientIdOf, idOf, type WriterId } from '../../sync-api/protocol/ids'
import { pageBytesMax } from '../../sync-api/protocol/limits'
import type { Cursor, Entry, ServerMessage } from '../../sync-api/protocol/messages'
import type { Folder } from '../../sync-api/core/ports'
import {
  beginning,
  createBed,
  personOf,
  pushOf,
  shared,
  writtenBy,
  type Bed,
  type Client
} from './relay-bed'

type Page = Extract<ServerMessage, { type: 'catch-up' }>

async function pageOf(client: Client, message: Parameters<Client['say']>[0]): Promise<Page> {
  client.say(message)
  const [page] = await client.heardOf('catch-up')
  return page!
}

it('gives every entry once and in order, a page at a time [CU1]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  const length = 60_000
  for (let n = 1; n <= 10; n++) owner.push(content, n, writtenBy(1, content, n, length))
  await bed.rest()
  const seen: Entry[] = []
  let cursor: Cursor = beginning
  for (;;) {
    const page = await pageOf(guests[0]!, { type: 'pull', ...content, cursor })
    expect(page.from).toEqual(cursor)
    expect(page.entries.length * length).toBeLessThanOrEqual(pageBytesMax)
    seen.push(...page.entries)
    cursor = page.to
    if (!page.more) break
  }
  expect(seen.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

it('says whether the log holds more than the cursor covers [SU1]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  owner.push(content, 1)
  const [ack] = await owner.heardOf('ack')
  for (const [cursor, stale] of [
    [beginning, true],
    [ack!.to, false]
  ] as const) {
    guests[0]!.subscribe(content, null, cursor)
    const [answer] = await guests[0]!.heardOf('subscribed')
    expect(answer!.items[0]!.stale).toBe(stale)
  }
})

it('answers a cursor that means nothing here with resync [CU3]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'viewer', [])
  owner.say({ type: 'pull', ...content, cursor: new Uint8Array([7, 7, 7]) })
  expect(await owner.heard()).toEqual([{ type: 'resync', ...content }])
})

it('sends by HTTP what is too large for the socket [CU4]', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'viewer', [])
  const written = writtenBy(1, content, 1, pageBytesMax + 1)
  const { update } = written
  const [ack] = await bed.relay.bulk(personOf(1), [pushOf(content, 1, written)])
  expect(ack).toMatchObject({ type: 'ack', n: 1 })
  const pull = { type: 'pull', ...content, cursor: beginning } as const
  const page = await pageOf(owner, pull)
  expect(page).toMatchObject({ overHttp: true, entries: [], more: true, from: page.to })
  const [whole] = await bed.relay.bulk(personOf(1), [pull])
  expect(whole).toMatchObject({ overHttp: false, more: false, entries: [{ n: 1, update }] })
})

it('makes, writes and reads a document in one bulk call [HT1]', async () => {
  const bed = createBed()
  const { content } = await shared(bed, 'viewer', [])
  const answers = await bed.relay.bulk(personOf(1), [
    { type: 'subscribe', items: [{ ...content, cursor: beginning, nonce: 'nonce' }] },
    pushOf(content, 1),
    pushOf(content, 2),
    pushOf(content, 4),
    { type: 'pull', ...content, cursor: beginning },
    { type: 'ping' }
  ])
  const types = answers.map(({ type }) => type)
  expect(types).toEqual(['subscribed', 'ack', 'ack', 'gap', 'catch-up', 'error'])
  expect(answers[4]).toMatchObject({ entries: [{ n: 1 }, { n: 2 }] })
})

it('folds a long log to one checkpoint that gives the same document [CU2]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  const text = await type(bed, owner, content, unfoldedEntriesMax)
  expect(bed.metrics.counted(counters.folds)).toBe(1)
  const page = await pageOf(guests[0]!, { type: 'pull', ...content, cursor: beginning })
  expect(page.entries.map(({ n }) => n)).toEqual([0])
  const doc = new Y.Doc()
  for (const update of [entryZero, page.entries[0]!.update]) Y.applyUpdate(doc, update)
  expect(doc.getText('title').toString()).toBe(text)
  expect(doc.getXmlFragment('body').toString()).toBe('<paragraph></paragraph>')
})

it('knows numbers and cursors after a fold as before it', async () => {
  const bed = createBed()
  const { content, owner } = await shared(bed, 'viewer', [])
  await type(bed, owner, content, unfoldedEntriesMax)
  owner.push(content, unfoldedEntriesMax)
  owner.push(content, unfoldedEntriesMax + 2)
  const types = (await owner.heard()).map((message) => message.type)
  expect(types).toEqual(['ack', 'gap'])
})

it('keeps the log as it is when a fold fails, and lets nobody notice', async () => {
  const fail = () => Promise.reject(new Error('out of memory'))
  const folder: Folder = { fold: fail, digest: fail }
  const bed = createBed({ folder })
  const { content, owner } = await shared(bed, 'viewer', [])
  await type(bed, owner, content, unfoldedEntriesMax)
  expect(bed.metrics.counted(counters.foldsFailed)).toBe(1)
  const page = await pageOf(owner, { type: 'pull', ...content, cursor: beginning })
  expect(page.entries).toHaveLength(unfoldedEntriesMax)
  expect(bed.reports).toHaveLength(1)
})

/** Types `keys` letters into the title, each a push. Resolves with the text when all is folded. */
async function type(
  bed: Bed,
  client: Client,
  ref: Parameters<Client['push']>[0],
  keys: number
): Promise<string> {
  const writer: WriterId = idOf(new Uint8Array(8).fill(3))
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, personOf(1), writer)
  let n = 0
  doc.on('update', (update: Uint8Array) => client.push(ref, ++n, { update, writers: [writer] }))
  for (let key = 0; key < keys; key++) doc.getText('title').insert(key, 'abc'[key % 3]!)
  expect(await client.heardOf('ack')).toHaveLength(keys)
  await bed.rest()
  return doc.getText('title').toString()
}
