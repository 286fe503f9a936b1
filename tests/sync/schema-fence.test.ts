// What a device keeps of a document that a newer release has written in.
import { expect, test } from 'vitest'
import type { CatalogueRow } from '../../app/store/database'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore } from '../../app/store/memory-store'
import type { Notice } from '../../app/store/notices'
import type { ConnectionListener } from '../../app/sync/connection'
import { createExchange } from '../../app/sync/exchange'
import { createKnownDocuments } from '../../app/sync/known-documents'
import { aPerson, aRef, createCountingRandom } from '../contracts/store-samples'
import { createManualTime } from '../replica/manual-time'

const { document } = aRef(1)

test('[SC2] the major a relay tells is kept for tabs that open it later, and told to those that have it open', async () => {
  const changes: Partial<CatalogueRow>[] = []
  const told: Notice[] = []
  const hub = createNoticeHub()
  hub().listen((notice) => told.push(notice))
  const heard: ConnectionListener[] = []
  const exchange = createExchange({
    store: createMemoryStore(createCountingRandom(1)),
    notices: hub(),
    documents: createKnownDocuments(aPerson, {
      list: () => Promise.resolve([]),
      change: (_, changed) => Promise.resolve(void changes.push(changed))
    }),
    connect(listener) {
      heard.push(listener)
      return { start: () => undefined, say: () => false, stop: () => undefined }
    },
    post: () => Promise.resolve([]),
    clock: { now: () => 0, after: createManualTime().after, random: () => 0 },
    later: queueMicrotask,
    onFailure: (cause) => {
      throw cause
    }
  })
  await exchange.start()
  heard[0]?.onMessage({ type: 'schema-raised', document, major: 2 })
  expect(changes).toEqual([{ schemaMajor: 2 }])
  expect(told).toContainEqual({ kind: 'schema', document, major: 2 })
  exchange.stop()
})
