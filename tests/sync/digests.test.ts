// Copies that silently became different: found when a document is at rest, and mended without a reload.
import { describe, expect, test } from 'vitest'
import { digestOfState } from '../../app/store/fold'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore } from '../../app/store/memory-store'
import type { ConnectionListener } from '../../app/sync/connection'
import { betweenMs, compareEveryMs, restMs } from '../../app/sync/digests'
import { createExchange } from '../../app/sync/exchange'
import { createKnownDocuments } from '../../app/sync/known-documents'
import { libraryIdOf, type DocumentId } from '../../sync-api/protocol/ids'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { digestsSince } from '../../sync-api/protocol/version'
import { aPerson, aRef, aTab, aWriter, createCountingRandom } from '../contracts/store-samples'
import { createVirtualClock, settle } from './virtual-clock'

const ref = aRef(1)
const { document } = ref
const library = libraryIdOf(aPerson)
const beginning = new Uint8Array(0)
/** As long as any of a few documents waits that have come to rest. */
const restedMs = restMs + 5 * betweenMs

/** An exchange of one shown document and many others, and the relay's side of its connection. */
async function startExchange({ protocol = digestsSince, others = 0 } = {}) {
  const clock = createVirtualClock()
  const store = createMemoryStore(createCountingRandom())
  const notices = createNoticeHub()()
  const documents = [document, ...Array.from({ length: others }, (_, at) => aRef(at + 2).document)]
  let said: ClientMessage[] = []
  let troubles = 0
  let listener: ConnectionListener | null = null
  const exchange = createExchange({
    ...{ store, notices, clock, later: queueMicrotask },
    documents: createKnownDocuments(aPerson, {
      list: async () =>
        documents.map((one) => ({ document: one, nonce: null, editedAt: 0 }) as never),
      change: async () => undefined
    }),
    connect(heard) {
      listener = heard
      return { start: () => undefined, stop: () => undefined, say: (one) => said.push(one) > 0 }
    },
    post: async () => [],
    onFailure: () => (troubles += 1)
  })
  const look = (visible = true) =>
    notices.tell({ kind: 'shows', tab: aTab(1), documents: [document], visible })
  notices.listen((notice) => notice.kind === 'who-is-there' && look())
  await exchange.start()

  async function says(...messages: ServerMessage[]): Promise<void> {
    for (const message of messages) listener!.onMessage(message)
    await settle()
  }
  const bed = {
    ...{ clock, store, notices, documents, says, look },
    troubles: () => troubles,
    /** The digests told since this was last asked, by document. */
    told(): DocumentId[] {
      const told = said.flatMap((one) => (one.type === 'digest' ? [one.document] : []))
      said = []
      return told
    },
    said: () => said,
    /** A connection, and everything on it is caught up. */
    async connect() {
      listener!.onOpen()
      await says({
        ...{ type: 'welcome', protocol, person: aPerson, binary: true, pushesInFlightMax: 16 },
        ...{ ticketMs: 600_000, region: 'here' }
      })
      for (const one of [library, ...documents]) await bed.catchUp(one)
    },
    async catchUp(one: DocumentId) {
      const channel = { document: one, channel: 'content' } as const
      const stands = { from: beginning, to: beginning, more: false, overHttp: false, entries: [] }
      await says({
        type: 'subscribed',
        items: [{ ...channel, role: 'editor', epoch: 0, stale: false }]
      })
      await says({ type: 'catch-up', ...channel, ...stands })
    },
    async disconnect() {
      listener!.onDown()
      await settle()
    },
    async write() {
      const update = new Uint8Array([0, 0])
      await store.appendLocal(ref, [{ update, writer: aWriter(1) }])
      notices.tell({ kind: 'written', ref, tab: aTab(1), writer: aWriter(1), updates: [update] })
      await settle()
    },
    async acknowledge() {
      const push = said.findLast((one) => one.type === 'push')
      if (push?.type !== 'push') throw new Error('Nothing was pushed')
      const { outbox, n } = push
      await says({ type: 'ack', ...ref, outbox, n, from: beginning, to: beginning })
    }
  }
  return bed
}

describe('the digest of a document', () => {
  test('[DI4] is told once it is at rest, one after the other, and of nothing that nobody looks at', async () => {
    const bed = await startExchange({ others: 200 })
    await bed.connect()
    await bed.clock.pass(restMs - 1)
    expect(bed.told()).toEqual([])
    await bed.clock.pass(1)
    expect(bed.told()).toEqual([library])
    await bed.clock.pass(betweenMs - 1)
    expect(bed.told()).toEqual([])
    await bed.clock.pass(1)
    const digest = digestOfState('content', [])
    const told = bed.said().filter((one) => one.type === 'digest')
    expect(told).toEqual([{ type: 'digest', ...ref, cursor: beginning, digest }])
    bed.told()
    await bed.clock.pass(10 * compareEveryMs)
    expect(bed.told()).toEqual([])
  })

  test('[DI4] waits while something is written, and for its acknowledgement', async () => {
    const bed = await startExchange()
    await bed.connect()
    for (let key = 0; key < 10; key++) {
      await bed.write()
      await bed.clock.pass(restMs / 2)
      expect(
        bed.said().filter((one) => one.type === 'digest' && one.document === document)
      ).toEqual([])
      await bed.acknowledge()
      await bed.clock.pass(restMs / 2)
    }
    expect(bed.told()).not.toContain(document)
    await bed.clock.pass(restedMs)
    expect(bed.told()).toEqual([document])
  })

  test('[DI4] is told at most every two minutes, also to who looks at it again and again', async () => {
    const bed = await startExchange()
    await bed.connect()
    await bed.clock.pass(restedMs)
    expect(bed.told()).toContain(document)
    for (let waited = 0; waited < compareEveryMs - 2 * restedMs; waited += restedMs) {
      await bed.clock.pass(restedMs)
      bed.look(false)
      bed.look()
      expect(bed.told()).toEqual([])
    }
    await bed.clock.pass(2 * restedMs)
    expect(bed.told()).toEqual([document])
    await bed.clock.pass(compareEveryMs)
    expect(bed.told()).toEqual([])
    bed.look()
    await bed.clock.pass(restedMs)
    expect(bed.told()).toEqual([document])
  })

  test('[DI4] is not told to a relay of an earlier version, nor without a connection', async () => {
    const older = await startExchange({ protocol: digestsSince - 1 })
    await older.connect()
    await older.clock.pass(compareEveryMs)
    expect(older.told()).toEqual([])
    const bed = await startExchange()
    await bed.connect()
    await bed.disconnect()
    await bed.clock.pass(compareEveryMs)
    expect(bed.told()).toEqual([])
    await bed.connect()
    await bed.clock.pass(restedMs)
    expect(bed.told()).toContain(document)
  })
})

describe('a relay that says differs', () => {
  test('[DI5] has the document compared once; a difference that stays is only noted', async () => {
    const bed = await startExchange()
    await bed.connect()
    await bed.clock.pass(restedMs)
    bed.told()
    await bed.says({ type: 'differs', ...ref })
    expect(bed.troubles()).toBe(1)
    expect(await bed.store.state(ref)).toMatchObject({ doubted: true })
    const asked = bed.said().map(({ type }) => type)
    expect(asked).toEqual(['subscribe'])
    await bed.catchUp(document)
    expect(await bed.store.state(ref)).toMatchObject({ doubted: false })
    bed.told()
    await bed.says({ type: 'differs', ...ref })
    expect(bed.troubles()).toBe(2)
    expect(await bed.store.state(ref)).toMatchObject({ doubted: false })
    expect(bed.said()).toEqual([])
  })

  test('[DI5] of a document that it was not told of is not listened to', async () => {
    const bed = await startExchange({ others: 1 })
    await bed.connect()
    await bed.clock.pass(restedMs)
    const other = { document: bed.documents[1]!, channel: 'content' } as const
    await bed.says({ type: 'differs', ...other }, { type: 'differs', ...ref, channel: 'comments' })
    expect(bed.troubles()).toBe(0)
    expect(await bed.store.state(other)).toMatchObject({ doubted: false })
  })
})
