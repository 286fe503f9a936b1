// One append of a channel at a time, whenever the next push comes.
import { expect, it } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { createMemoryMetrics } from '../../sync-api/adapters/memory/metrics'
import { createDocuments } from '../../sync-api/core/document'
import type { Log } from '../../sync-api/core/ports'
import type { Channel } from '../../sync-api/core/subscription'
import { clientIdOf } from '../../sync-api/protocol/ids'
import type { ServerMessage } from '../../sync-api/protocol/messages'
import { contentOf, documentOf, personOf, pushOf } from './relay-bed'

const content = contentOf(documentOf(1))

/** A memory log that notes how many entries each append has, and how many appends are under way. */
function watchedLog(): { log: Log; sizes: number[]; atOnce: () => number } {
  const memory = createMemoryLog()
  const sizes: number[] = []
  let [under, most] = [0, 0]
  const log: Log = {
    ...memory,
    async append(ref, entries) {
      sizes.push(entries.length)
      most = Math.max(most, ++under)
      try {
        return await memory.append(ref, entries)
      } finally {
        under -= 1
      }
    }
  }
  return { log, sizes, atOnce: () => most }
}

it('appends alone and never nothing what is pushed when the one before it has just been appended', async () => {
  const { log, sizes, atOnce } = watchedLog()
  const answers: ServerMessage[] = []
  const documents = createDocuments({
    ...{ log, clock: { now: () => 0 }, metrics: createMemoryMetrics() },
    report(what, cause) {
      throw new Error(what, { cause })
    },
    onAppended(channel, batch) {
      // Before whoever appended goes on: what a connection says is handled between any two steps.
      const next = batch.at(-1)!.entry.n + 1
      if (next <= 3) queueMicrotask(() => push(channel, next))
    }
  })
  function push(channel: Channel, n: number): void {
    const message = pushOf(content, n)
    const person = personOf(1)
    const clients = message.writers.map((writer) => clientIdOf(content, person, writer))
    const entry = { outbox: message.outbox, n, update: message.update, person, clients, at: 0 }
    const written = { entry, vouched: false }
    documents.push(channel, message, written, 'owner', { answer: (said) => answers.push(said) })
  }
  const channel = await documents.open(content)
  await documents.prepared(channel)
  push(channel, 1)
  documents.release(channel)
  await documents.drain()
  expect(sizes).toEqual([1, 1, 1])
  expect(atOnce()).toBe(1)
  expect(answers).toEqual([])
  expect(documents.inUse(content)).toBeNull()
})
