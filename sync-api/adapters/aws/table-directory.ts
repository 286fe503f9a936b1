// The directory on the global table. What may be taken once is taken in the region that put it, where only one can be first.
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient
} from '@aws-sdk/client-dynamodb'
import type { Directory } from '../../core/ports'
import { keyOf, type Item } from './items'

export type TableDirectoryParts = {
  /** The replica in this region and those in the others, by region. */
  readonly clientOf: (region: string) => DynamoDBClient
  readonly regions: readonly string[]
  readonly region: string
  readonly name: string
}

type Fact = { readonly value: string; readonly expiresAt: number | null; readonly region: string }

/** All of them have this sort key. */
const only = 'F'

export function createTableDirectory(parts: TableDirectoryParts): Directory {
  const { clientOf, region, regions, name } = parts
  // What somebody was told in another region may not have come here yet.
  const nearestFirst = [region, ...regions.filter((other) => other !== region)]

  async function find(key: string): Promise<Fact | null> {
    for (const one of nearestFirst) {
      const Key = keyOf(partition(key), only)
      const asked = new GetItemCommand({ TableName: name, Key, ConsistentRead: true })
      const { Item } = await clientOf(one).send(asked)
      if (Item !== undefined) return factOf(Item)
    }
    return null
  }

  return {
    async put(key, value, expiresAt) {
      const Item = {
        ...keyOf(partition(key), only),
        ...{ f: { S: value }, r: { S: region } },
        ...(expiresAt === null ? {} : { x: { N: String(expiresAt) } })
      }
      await clientOf(region).send(new PutItemCommand({ TableName: name, Item }))
    },

    async get(key, now) {
      const fact = await find(key)
      return fact === null || hasRunOut(fact, now) ? null : fact.value
    },

    async take(key, now) {
      const fact = await find(key)
      if (fact === null) return null
      const Key = keyOf(partition(key), only)
      // Elsewhere two could take it at the same time. Rejects when that region does not answer.
      const { Attributes } = await clientOf(fact.region).send(
        new DeleteItemCommand({ TableName: name, Key, ReturnValues: 'ALL_OLD' })
      )
      if (Attributes === undefined) return null
      const taken = factOf(Attributes)
      return hasRunOut(taken, now) ? null : taken.value
    }
  }
}

function partition(key: string): string {
  return `F#${key}`
}

function hasRunOut({ expiresAt }: Fact, now: number): boolean {
  return expiresAt !== null && expiresAt <= now
}

function factOf({ f, r, x }: Item): Fact {
  const expiresAt = x?.N === undefined ? null : Number(x.N)
  if (f?.S === undefined || r?.S === undefined || !Number.isSafeInteger(expiresAt ?? 0)) {
    throw new Error('The directory is damaged: a row of it says nothing')
  }
  return { value: f.S, region: r.S, expiresAt }
}
