// BatchWriteItem: no conditions, no order, and some of it may be handed back undone.
import { isObject, type JsonAnswer, type JsonObject } from '../json-server'
import { hasKey, type Item } from './items'
import { noSuchTable, throttled, type OperationsParts } from './answers'
import type { Replica } from './replica'

export type Batches = { batchWriteItem(body: JsonObject): Promise<JsonAnswer> }

type Part = { readonly request: JsonObject; readonly key: Item; readonly image: Item | null }

export function createBatches(parts: OperationsParts): Batches {
  const { storage, units } = parts

  /** Of the parts, those that are not done now. */
  function lateOf(all: readonly Part[], replica: Replica): readonly Part[] {
    // The first is never left out by chance: something is done, or the caller is told otherwise.
    return all.filter(({ key, image }, at) => {
      const isLeftOut = at > 0 && parts.chance() < parts.unprocessedShare
      return isLeftOut || !replica.reserve(key, image)
    })
  }

  return {
    async batchWriteItem(body) {
      const asked = body['RequestItems']
      const [table, ...others] = isObject(asked) ? Object.keys(asked) : []
      if (others.length > 0) throw new Error('The stand-in writes batches of one table')
      if (!isObject(asked) || table === undefined) return storage.call('BatchWriteItem', body)
      const replica = parts.replicaOf(table)
      if (replica === null) return noSuchTable()
      const all = partsOf(asked[table], replica)
      // Too many, or not well formed: dynalite says what is wrong with it.
      if (all === null || all.length > 25) return storage.call('BatchWriteItem', body)
      const late = lateOf(all, replica)
      const now = all.filter((part) => !late.includes(part))
      if (now.length === 0) return throttled(units, 'Write')
      const sent = { ...body, RequestItems: { [table]: now.map(({ request }) => request) } }
      const answer = await replica.write(
        now.map(({ key }) => key),
        () => storage.call('BatchWriteItem', sent),
        () => now.map(({ image }) => image)
      )
      if (answer.status !== 200 || late.length === 0) return answer
      const unprocessed = { [table]: late.map(({ request }) => request) }
      return { status: 200, body: { ...answer.body, UnprocessedItems: unprocessed } }
    }
  }
}

function partsOf(requests: unknown, { definition }: Replica): readonly Part[] | null {
  if (!Array.isArray(requests)) return null
  const parts: Part[] = []
  for (const request of requests as unknown[]) {
    if (!isObject(request)) return null
    const { PutRequest: put, DeleteRequest: removal } = request
    const item = isObject(put) ? put['Item'] : undefined
    const key = isObject(removal) ? removal['Key'] : item
    if (!hasKey(key, definition.schema)) return null
    parts.push({ request, key, image: isObject(item) ? item : null })
  }
  return parts
}
