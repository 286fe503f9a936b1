// What got no answer is asked again, whatever else went well in the meantime.
import { expect, test } from 'vitest'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore } from '../../app/store/memory-store'
import type { ConnectionListener } from '../../app/sync/connection'
import { createExchange } from '../../app/sync/exchange'
import { startHeartbeat } from '../../app/sync/heartbeat'
import { createKnownDocuments } from '../../app/sync/known-documents'
import { silenceMsMax } from '../../sync-api/protocol/limits'
import type { ClientMessage, Push, ServerMessage } from '../../sync-api/protocol/messages'
import { aPerson, aRef, aWriter, createCountingRandom } from '../contracts/store-samples'
import { welcome } from './connection-bed'
import { createVirtualClock, settle } from './virtual-clock'

const ref = aRef(1)
const { document } = ref
const tab = 'AAAAAAAAAAA' as never
const at = (position: number): Uint8Array => Uint8Array.from(position === 0 ? [] : [position])

const nothing = { overHttp: false, entries: [] }

/** An exchange of one shown document, and the relay's side of its connection. */
async function startExchange() {
  const clock = createVirtualClock()
  const store = createMemoryStore(createCountingRandom())
  const notices = createNoticeHub()()
  const said: ClientMessage[] = []
  let listener: ConnectionListener | null = null
  const exchange = createExchange({
    ...{ store, notices, clock, later: queueMicrotask },
    documents: createKnownDocuments(aPerson, {
      list: async () => [{ document, nonce: null } as never],
      change: async () => undefined
    }),
    connect(heard) {
      listener = heard
      return { start: () => undefined, stop: () => undefined, say: (one) => said.push(one) > 0 }
    },
    post: async () => [],
    onFailure(cause) {
      throw cause
    }
  })
  notices.listen((notice) => {
    if (notice.kind !== 'who-is-there') return
    notices.tell({ kind: 'shows', tab, documents: [document], visible: true })
  })
  await exchange.start()
  listener!.onOpen()
  await settle()
  return {
    ...{ clock, store, notices, said },
    /** Somebody types; answers all that was pushed by then. */
    async writes(): Promise<readonly Push[]> {
      const written = { update: new Uint8Array([0, 0]), writer: aWriter(1) }
      await store.appendLocal(ref, [written])
      notices.tell({ kind: 'written', ref, tab, writer: written.writer, updates: [written.update] })
      await settle()
      return said.filter((message) => message.type === 'push')
    },
    async says(message: ServerMessage) {
      listener!.onMessage(message)
      await settle()
    }
  }
}

test('a pull that failed is asked again, also when a push was acknowledged since', async () => {
  const { clock, said, says, writes } = await startExchange()
  const pulls = () => said.filter(({ type, ...about }) => type === 'pull' && 'document' in about)
  await says({ type: 'subscribed', items: [{ ...ref, role: 'editor', epoch: 0, stale: true }] })
  const asked = pulls().length
  await says({ type: 'error', code: 'storage-failed', about: ref, retryMs: 1_000 })
  const { outbox, n } = (await writes()).at(-1)!
  await says({ type: 'ack', ...ref, outbox, n, from: at(3), to: at(4) })
  await clock.pass(60_000)
  expect(pulls().length).toBeGreaterThan(asked)
})

test('a push that failed is sent again, also when a later one was acknowledged since', async () => {
  const { clock, says, writes } = await startExchange()
  await says(welcome)
  await says({ type: 'subscribed', items: [{ ...ref, role: 'editor', epoch: 0, stale: false }] })
  await says({ type: 'catch-up', ...ref, from: at(0), to: at(3), more: false, ...nothing })
  const [first] = await writes()
  await says({ type: 'error', code: 'storage-failed', about: ref, retryMs: 1_000 })
  const second = (await writes()).at(-1)!
  expect(second.n).toBe(first!.n + 1)
  await says({ type: 'ack', ...ref, outbox: second.outbox, n: second.n, from: at(4), to: at(5) })
  await clock.pass(60_000)
  expect((await writes()).filter(({ n }) => n === first!.n).length).toBeGreaterThan(1)
})

test('what another set aside is fetched again from its beginning', async () => {
  const { store, notices, said, says } = await startExchange()
  await says({ type: 'subscribed', items: [{ ...ref, role: 'editor', epoch: 0, stale: false }] })
  await store.receive(ref, [], at(0), at(4))
  const before = said.length
  const copy = await store.setAside(ref, 'not-allowed')
  notices.tell({ kind: 'set-aside', ref, reason: 'not-allowed', copy })
  await settle()
  expect(said.slice(before).filter(({ type }) => type === 'pull')).toMatchObject([
    { cursor: at(0) }
  ])
})

test('silence is found in time by a clock that was set back', async () => {
  const clock = createVirtualClock()
  let back = 0
  let died = 0
  const heartbeat = startHeartbeat(
    { ...clock, now: () => clock.now() - back },
    () => undefined,
    () => {
      died += 1
    }
  )
  back = 3_600_000
  await clock.pass(2 * silenceMsMax)
  expect(died).toBe(1)
  heartbeat.stop()
})
