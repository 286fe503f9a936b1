// Items as DynamoDB's JSON writes them: their keys, their sizes, whether two are the same.
import { isDeepStrictEqual } from 'node:util'
import { isObject, type JsonObject } from '../json-server'
import { writeUnitBytes } from './limits'

/** Attributes by name; each value is an object with its type as the only field, bytes in base64. */
export type Item = JsonObject

export type KeySchema = { readonly pk: string; readonly sk: string }

/** The key attributes of an item or key. */
export function keyOf(item: Item, { pk, sk }: KeySchema): Item {
  return { [pk]: item[pk], [sk]: item[sk] }
}

/** The same text for the same key, and for no other. */
export function keyText(item: Item, { pk, sk }: KeySchema): string {
  return JSON.stringify([item[pk], item[sk]])
}

/** The same text for the same partition key. */
export function partitionText(item: Item, { pk }: KeySchema): string {
  return JSON.stringify(item[pk])
}

export function isSameItem(one: Item | null, other: Item | null): boolean {
  return isDeepStrictEqual(one, other)
}

/** Write units of an item; at least one, also for one that is not there. */
export function writeUnitsOf(item: Item | null): number {
  return Math.max(1, Math.ceil(bytesOf(item ?? {}) / writeUnitBytes))
}

/** Bytes of an item by the rules of the Developer Guide ("DynamoDB item sizes and formats"). */
export function bytesOf(item: Item): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) => bytes + Buffer.byteLength(name) + bytesOfValue(value),
    0
  )
}

function bytesOfValue(value: unknown): number {
  const [type, held] = Object.entries(isObject(value) ? value : {})[0] ?? ['NULL', true]
  if (type === 'B') return Buffer.byteLength(String(held), 'base64')
  if (type === 'S') return Buffer.byteLength(String(held))
  if (type === 'N') return Math.ceil(String(held).length / 2) + 1
  if (type === 'BOOL' || type === 'NULL') return 1
  if (type === 'M' && isObject(held)) return 3 + bytesOf(held) + Object.keys(held).length
  if (!Array.isArray(held)) throw new Error(`No attribute value: ${JSON.stringify(value)}`)
  if (type === 'L') return held.reduce((sum: number, one) => sum + 1 + bytesOfValue(one), 3)
  return held.reduce((sum: number, one) => sum + bytesOfValue({ [type.slice(0, 1)]: one }), 0)
}

/** Whether a value read from outside has both key attributes, as text. */
export function hasKey(value: unknown, { pk, sk }: KeySchema): value is Item {
  return isObject(value) && [pk, sk].every((name) => isText(value[name]))
}

function isText(value: unknown): boolean {
  return isObject(value) && typeof value['S'] === 'string'
}
