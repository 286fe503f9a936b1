// Sending from memory while the store fails: when it begins, and when it may say that the relay has all.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { startMemorySender } from '../../app/composition/memory-sender'
import type { Replica } from '../../app/replica/replica'
import { StoreFailure } from '../../app/store/ports'
import { createManualTime } from '../replica/manual-time'

const second = 1_000

function createBed() {
  const time = createManualTime()
  const doc = new Y.Doc()
  const text = doc.getText('title')
  let tell: (count: number, failure: StoreFailure | null) => void = () => undefined
  const replica = {
    doc,
    watchUnwritten(listener: typeof tell) {
      tell = listener
      listener(0, null)
      return () => undefined
    }
  } as unknown as Replica
  const sent: string[] = []
  const answers: ((taken: boolean) => void)[] = []
  const sender = startMemorySender(replica, {
    after: time.after,
    send() {
      sent.push(text.toJSON())
      return new Promise((resolve) => answers.push(resolve))
    }
  })
  return {
    ...{ time, text, sent, sender },
    fail: (count: number) => tell(count, new StoreFailure('quota', 'full')),
    mend: () => tell(0, null),
    async answer(taken: boolean) {
      answers.shift()!(taken)
      await time.advance(0)
    }
  }
}

test('nothing is sent while the store takes what is typed', async () => {
  const bed = createBed()
  bed.text.insert(0, 'stored')
  await bed.time.advance(60 * second)
  expect(bed.sent).toEqual([])
})

test('everything is sent once the store fails, and is safe when that is acknowledged', async () => {
  const bed = createBed()
  bed.text.insert(0, 'unstored')
  bed.fail(1)
  await bed.time.advance(2 * second)
  expect(bed.sent).toEqual(['unstored'])
  expect(bed.sender.relayed.value).toBe(false)
  await bed.answer(true)
  expect(bed.sender.relayed.value).toBe(true)
})

test('what is typed while a call is under way is not said to be safe by its answer', async () => {
  const bed = createBed()
  bed.text.insert(0, 'one')
  bed.fail(1)
  await bed.time.advance(2 * second)
  bed.text.insert(3, ', two')
  await bed.answer(true)
  expect(bed.sender.relayed.value).toBe(false)
  await bed.time.advance(3 * second)
  expect(bed.sent).toEqual(['one', 'one, two'])
  await bed.answer(true)
  expect(bed.sender.relayed.value).toBe(true)
})

test('a call that failed is made again, and none after the store is mended', async () => {
  const bed = createBed()
  bed.text.insert(0, 'again')
  bed.fail(1)
  await bed.time.advance(2 * second)
  await bed.answer(false)
  await bed.time.advance(5 * second)
  expect(bed.sent).toHaveLength(2)
  bed.mend()
  await bed.answer(false)
  await bed.time.advance(60 * second)
  expect(bed.sent).toHaveLength(2)
})
