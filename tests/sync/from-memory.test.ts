// Edits that a device cannot store, sent to a real relay from memory.
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { clientIdOf, documentIdOf, type ChannelRef } from '../../sync-api/protocol/ids'
import { sendFromMemory } from '../../app/sync/from-memory'
import { createPost } from '../../app/sync/post'
import { startHost, type TestHost } from '../host'
import { newLink, newSecret, newWriter } from '../wire/device'
import { claim, createWiredDevice, type WiredDevice } from './wired-device'

let host: TestHost
let device: WiredDevice
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

beforeAll(async () => {
  host = await startHost()
  device = await createWiredDevice(host.url)
})
afterAll(() => host.stop())

/** What stands in a tab: the stored rows, and words that no store has. */
async function tabOf(ref: ChannelRef): Promise<Y.Doc> {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, entryZero)
  for (const update of (await device.store.load(ref)).updates) Y.applyUpdate(doc, update)
  doc.clientID = clientIdOf(ref, device.device.person, newWriter())
  return doc
}

function optionsFor(ref: ChannelRef, nonce: string) {
  const ask = async () => ({ kind: 'ticket', ticket: await device.device.ticket() }) as const
  return { ref, post: createPost(ask, host.url), random, nonceOf: () => nonce }
}

test('what no store has is acknowledged, together with what waits in a store that cannot be sealed', async () => {
  const nonce = 'in memory'
  const document = documentIdOf(device.device.person, nonce)
  const ref: ChannelRef = { document, channel: 'content' }
  device.make(nonce)
  await device.write(document, 'Waits. ')
  const tab = await tabOf(ref)
  tab.getText('title').insert(0, 'Unstored. ')
  expect(await sendFromMemory(tab, optionsFor(ref, nonce))).toBe(true)
  // Later, when the store is back, its own batches go as if nothing had been.
  await device.httpSync.sync(document)
  expect(await device.store.pending()).toEqual([])
  expect(await device.title(document)).toBe(tab.getText('title').toJSON())
  // Twice is once.
  expect(await sendFromMemory(tab, optionsFor(ref, nonce))).toBe(true)
  await device.httpSync.sync(document)
  expect(await device.title(document)).toBe(tab.getText('title').toJSON())
})

test('a document of somebody else is not said to be safe', async () => {
  const ref: ChannelRef = {
    document: documentIdOf(device.device.person, 'not mine'),
    channel: 'content'
  }
  const tab = await tabOf(ref)
  tab.getText('title').insert(0, 'Refused.')
  const stranger = { ...optionsFor(ref, ''), nonceOf: () => null }
  expect(await sendFromMemory(tab, stranger)).toBe(false)
})

test('words of somebody who may only read are not said to be safe', async () => {
  const nonce = 'only read'
  const document = device.make(nonce)
  await device.httpSync.sync(document)
  const reader = await createWiredDevice(host.url)
  const door = { link: newLink(), ...(await newSecret()) }
  await claim(device.device, reader.device, document, 'viewer', door)
  const ref: ChannelRef = { document, channel: 'content' }
  const tab = await tabOf(ref)
  tab.getText('title').insert(0, 'Kept here. ')
  const ask = async () => ({ kind: 'ticket', ticket: await reader.device.ticket() }) as const
  const post = createPost(ask, host.url)
  expect(await sendFromMemory(tab, { ref, post, random, nonceOf: () => null })).toBe(false)
})

test('a relay that cannot be reached rejects', async () => {
  const nonce = 'unreachable'
  const ref: ChannelRef = {
    document: documentIdOf(device.device.person, nonce),
    channel: 'content'
  }
  const post = () => Promise.reject(new Error('no network'))
  await expect(
    sendFromMemory(await tabOf(ref), { ...optionsFor(ref, nonce), post })
  ).rejects.toThrow('no network')
})
