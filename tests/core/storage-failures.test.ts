// A relay whose storage fails says of each channel when to come again.
import { expect, it } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import type { Log } from '../../sync-api/core/ports'
import { retryMs } from '../../sync-api/core/limits'
import { contentOf, createBed, documentOf } from './relay-bed'

it('names every channel of a subscribe that the storage failed [NU7]', async () => {
  const log = createMemoryLog()
  let full = true
  const failing: Log = {
    ...log,
    append: (ref, entries) =>
      full ? Promise.reject(new Error('The disk is full')) : log.append(ref, entries)
  }
  const bed = createBed({ log: failing })
  const owner = bed.join(1)
  const content = contentOf(documentOf(1))
  owner.subscribe(content, 'nonce')
  expect(await owner.heardOf('error')).toEqual([
    { type: 'error', code: 'storage-failed', about: content, retryMs }
  ])
  full = false
  owner.subscribe(content, 'nonce')
  const [answer] = await owner.heardOf('subscribed')
  expect(answer!.items[0]!.role).toBe('owner')
})
