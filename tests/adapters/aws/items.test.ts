// Rows in batches: DynamoDB takes 25 at a time, and hands some back undone.
import { afterEach, expect, it } from 'vitest'
import { keyOf, queryAll, writeAll, type Item } from '../../../sync-api/adapters/aws/items'
import { batchPauseMs, batchTriesMax } from '../../../sync-api/adapters/aws/limits'
import { functionOn, document, memberOf, openConnectionsTable } from './connections-bed'
import type { ConnectionsBed } from './connections-bed'

let bed: ConnectionsBed

afterEach(() => bed.stop())

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at + 100}`)
const put = (sk: string) => ({ PutRequest: { Item: keyOf('p', sk) } })
const removal = (sk: string) => ({ DeleteRequest: { Key: keyOf('p', sk) } })
const all = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'p' } } }
const keysOf = (items: readonly Item[]) => items.map(({ sk }) => sk?.S)

it('writes and removes more rows than one batch takes, each once', async () => {
  bed = await openConnectionsTable()
  await writeAll(bed.parts, [])
  await writeAll(bed.parts, names(60).map(put))
  expect(keysOf(await queryAll(bed.parts, all))).toEqual(names(60))
  await writeAll(bed.parts, names(55).map(removal))
  expect(keysOf(await queryAll(bed.parts, all))).toEqual(names(60).slice(55))
  expect(bed.pauses).toEqual([])
})

it('writes again what DynamoDB did not get to, after longer and longer pauses', async () => {
  bed = await openConnectionsTable({ unprocessedShare: 0.5 })
  const connections = functionOn(bed)
  const members = names(60).map((name) => memberOf(name))
  await connections.enter(members)
  expect(await connections.membersOf(document, null)).toEqual(members)
  expect(bed.pauses.slice(0, 2)).toEqual([2 * batchPauseMs, 4 * batchPauseMs])
  for (const { connection } of members) await connections.forget(connection)
  expect(bed.rows()).toEqual([])
})

it('says how many rows are left when DynamoDB never gets to them', async () => {
  // Each time it does the first alone.
  bed = await openConnectionsTable({ unprocessedShare: 1 })
  const written = writeAll(bed.parts, names(25).map(put))
  await expect(written).rejects.toThrow(`${25 - batchTriesMax} rows could not be written`)
  expect(bed.pauses).toHaveLength(batchTriesMax - 1)
})

it('is refused as a whole where two rows have one key', async () => {
  bed = await openConnectionsTable()
  const written = writeAll(bed.parts, [put('a'), put('b'), put('a')])
  await expect(written).rejects.toThrow('duplicates')
  expect(bed.rows()).toEqual([])
})
