// What the screen may claim of a document: nothing before it is known, and nothing that is out of date.
import { expect, test } from 'vitest'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore } from '../../app/store/memory-store'
import { statusOf, wordsFor } from '../../app/sync/status'
import { createStatusSource } from '../../app/sync/status-source'
import { aRef, aWriter, createCountingRandom } from '../contracts/store-samples'
import { createVirtualClock, settle } from './virtual-clock'

const ref = aRef(1)
const { document } = ref

async function aStore() {
  const store = createMemoryStore(createCountingRandom())
  await store.appendLocal(ref, [{ update: new Uint8Array([0, 0]), writer: aWriter(1) }])
  const notices = createNoticeHub()()
  const onFailure = (cause: unknown): never => {
    throw cause
  }
  const { after } = createVirtualClock()
  const open = () => {
    const { facts } = createStatusSource({ notices, store, after, onFailure }).watch(document)
    return () => statusOf({ ...facts.value, unwritten: 0, failure: null, relayed: false })
  }
  return { store, notices, open }
}

test('a document that opens is not called saved before the outbox was looked at', async () => {
  const { open } = await aStore()
  const status = open()
  expect(status().kind).toBe('opening')
  expect(wordsFor(status()).detail).not.toContain('saved')
  await settle()
  expect(status()).toEqual({ kind: 'device', changes: 1, connecting: true })
})

test('what is given back to a log is not called saved before it was counted', async () => {
  const { store, notices, open } = await aStore()
  const status = open()
  const [batch] = await store.seal(ref)
  await store.settle(ref, batch!.outbox, batch!.n, new Uint8Array(), new Uint8Array())
  notices.tell({ kind: 'connection', state: { kind: 'online' } })
  notices.tell({ kind: 'caught-up', document })
  await settle()
  expect(status()).toEqual({ kind: 'saved' })
  await store.giveBack(ref, [], new Uint8Array(), new Uint8Array())
  notices.tell({ kind: 'given-back', ref })
  expect(status().kind).toBe('saving')
})

test('what a worker sent and could tell nobody is seen when the document has caught up', async () => {
  const { store, notices, open } = await aStore()
  const status = open()
  await settle()
  const [batch] = await store.seal(ref)
  await store.settle(ref, batch!.outbox, batch!.n, new Uint8Array(), new Uint8Array())
  notices.tell({ kind: 'connection', state: { kind: 'online' } })
  notices.tell({ kind: 'caught-up', document })
  await settle()
  expect(status()).toEqual({ kind: 'saved' })
})
