// The facts behind the status line: what is counted, and when a relay has been silent for too long.
import { expect, test } from 'vitest'
import { createMemoryStore } from '../../app/store/memory-store'
import { createNoticeHub } from '../../app/store/memory-notices'
import { answerMsMax } from '../../app/sync/status'
import { createStatusSource } from '../../app/sync/status-source'
import { aRef, aTab, aWriter, bytes, createCountingRandom } from '../contracts/store-samples'
import { createManualTime } from '../replica/manual-time'

const ref = aRef(1)

async function createBed() {
  const time = createManualTime()
  const store = createMemoryStore(createCountingRandom())
  const notices = createNoticeHub()()
  const source = createStatusSource({
    ...{ notices, store, after: time.after },
    onFailure: (cause) => {
      throw cause
    }
  })
  const { facts, stop } = source.watch(ref.document)
  await time.advance(0)
  const writer = aWriter(1)
  return {
    ...{ time, store, facts, stop },
    connect: (kind: 'online' | 'connecting') =>
      notices.tell({ kind: 'connection', state: { kind } }),
    async write() {
      const update = bytes('edit')
      await store.appendLocal(ref, [{ update, writer }])
      notices.tell({ kind: 'written', ref, tab: aTab(1), writer, updates: [update] })
      await time.advance(0)
    },
    async settleAll() {
      // What the store holds is bytes of no meaning here: taken out as setting aside would.
      await store.setAside(ref, 'not-found')
      notices.tell({ kind: 'settled', ref })
      await time.advance(0)
    },
    async doubt() {
      await store.doubt(ref)
      notices.tell({ kind: 'damaged', ref })
      await time.advance(0)
    },
    told: () => notices.tell({ kind: 'settled', ref })
  }
}

test('a connected relay that takes nothing for half a minute is said not to answer', async () => {
  const bed = await createBed()
  bed.connect('online')
  await bed.write()
  await bed.time.advance(answerMsMax - 1)
  expect(bed.facts.value).toMatchObject({ unacknowledged: 1, unanswered: false })
  await bed.time.advance(1)
  expect(bed.facts.value.unanswered).toBe(true)
  await bed.settleAll()
  expect(bed.facts.value).toMatchObject({ unacknowledged: 0, unanswered: false })
})

test('one that takes some of it answers, and one that is not connected need not', async () => {
  const bed = await createBed()
  bed.connect('online')
  await bed.write()
  await bed.time.advance(answerMsMax - 1)
  bed.told()
  await bed.time.advance(answerMsMax - 1)
  expect(bed.facts.value.unanswered).toBe(false)
  bed.connect('connecting')
  await bed.time.advance(2 * answerMsMax)
  expect(bed.facts.value.unanswered).toBe(false)
})

test('rows that were lost count as unsafe until the log has been compared', async () => {
  const bed = await createBed()
  bed.connect('online')
  await bed.doubt()
  expect(bed.facts.value.unacknowledged).toBe(1)
})
