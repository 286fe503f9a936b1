// Rows that are not what was stored: kept aside and counted, and everything else opens.
import 'fake-indexeddb/auto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { checksumOf } from '../../app/store/checksum'
import { openDatabase, type MeridianDatabase } from '../../app/store/database'
import type { StoreFailure } from '../../app/store/ports'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { channelKey, clientIdOf } from '../../sync-api/protocol/ids'
import { aPerson, aRef, aWriter, createCountingRandom } from '../contracts/store-samples'

const ref = aRef(1)
const nowhere = new Uint8Array()
let databases = 0

test('the checksum is the one everybody else computes', () => {
  const sample = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31) % 256)
  for (const length of [0, 1, 9, 10_000]) {
    expect(checksumOf(sample(length))).toBe(crc32(sample(length)))
  }
})

describe('a row whose bytes have changed', () => {
  test('in any table, at any place, is moved aside, counted and told, and the rest opens', async () => {
    const damage = fc.record({
      table: fc.constantFrom('updates', 'outbox', 'sealed' as const),
      row: fc.nat(2),
      at: fc.nat(1_000),
      flip: fc.integer({ min: 1, max: 255 })
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ table, row, at, flip }) => {
        const bed = await createBed()
        const found = await bed.rowOf(table, row)
        const update = found.update.slice()
        update[at % update.length]! ^= flip
        await bed.put(table, { ...found, update })

        const { updates } = await bed.replica.load(ref)
        expect(textOf(updates)).toMatch(table === 'updates' ? /^[abc]*[def]+$/ : /^abcdef$/)
        const [kept, ...more] = await bed.database.damaged.toArray()
        expect(more).toEqual([])
        expect(kept).toMatchObject({ table, channel: channelKey(ref), row: { update } })
        expect(bed.told).toEqual([1])
        expect(await bed.sync.state(ref)).toMatchObject({ doubted: true })
        expect((await bed.replica.load(ref)).updates).toEqual(updates)
        expect(bed.told).toEqual([1])
        bed.database.close()
      }),
      { numRuns: 60 }
    )
  })

  test('and waits to be sent is not sent, and the session begins anew', async () => {
    for (const table of ['outbox', 'sealed'] as const) {
      const bed = await createBed()
      await bed.put(table, { ...(await bed.rowOf(table, 1)), sum: 1 })
      await expect(bed.sync.seal(ref)).rejects.toMatchObject({
        reason: 'damaged' satisfies StoreFailure['reason']
      })
      expect(bed.told).toEqual([1])
      const batches = await bed.sync.seal(ref)
      expect(batches.length).toBeGreaterThan(0)
      for (const { update } of batches) expect(() => Y.decodeUpdate(update)).not.toThrow()
      bed.database.close()
    }
  })

  test('comes back by comparing: what the log has is stored, and what it lacks is sent', async () => {
    const bed = await createBed()
    const log = await bed.everything()
    await bed.put('sealed', { ...(await bed.rowOf('sealed', 0)), sum: 1 })
    await bed.replica.load(ref)
    // The relay has had only the first three letters.
    await bed.sync.receive(ref, log.slice(0, 3), nowhere, new Uint8Array([1]))
    await bed.sync.giveBack(ref, log.slice(0, 3), new Uint8Array([1]), new Uint8Array([2]))
    const batches = await bed.sync.seal(ref)
    expect(batches.map(({ n }) => n)).toEqual(batches.map((_, index) => index + 1))
    expect(textOf([...log.slice(0, 3), ...batches.map(({ update }) => update)])).toBe('abcdef')
    expect(await bed.sync.state(ref)).toMatchObject({ doubted: false })
    bed.database.close()
  })
})

test('rows of a release without checksums are taken as they are if they can be read at all', async () => {
  const bed = await createBed()
  const { sum: _, ...old } = await bed.rowOf('updates', 0)
  await bed.put('updates', old)
  expect(textOf((await bed.replica.load(ref)).updates)).toBe('abcdef')
  await bed.put('updates', { ...old, update: old.update.slice(0, -2) })
  expect(bed.told).toEqual([])
  await bed.replica.load(ref)
  expect(bed.told).toEqual([1])
  bed.database.close()
})

test('a damaged row is not folded into the others', async () => {
  const bed = await createBed()
  await bed.put('updates', { ...(await bed.rowOf('updates', 2)), sum: 1 })
  await bed.replica.compact(ref)
  expect(await bed.database.updates.count()).toBe(6)
  bed.database.close()
})

type Row = { update: Uint8Array; sum?: number }
type Name = 'updates' | 'outbox' | 'sealed'

/** Three letters sealed in three batches, then three that wait in the outbox; all six are stored. */
async function createBed() {
  const database: MeridianDatabase = openDatabase(() => undefined, `damage-${databases++}`)
  const told: number[] = []
  const onDamage = (_: unknown, rows: number): void => void told.push(rows)
  const replica = openReplicaStore(database, onDamage)
  const options = { random: createCountingRandom(), now: () => 0, onDamage }
  const sync = openSyncStore(database, options)
  const writer = aWriter(1)
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, aPerson, writer)
  const made: Uint8Array[] = []
  doc.on('update', (update) => void made.push(update))
  const text = doc.getText('title')
  for (const letter of 'abcdef') {
    text.insert(text.length, letter)
    await replica.appendLocal(ref, [{ update: made.at(-1)!, writer }])
    if ('abc'.includes(letter)) await sync.seal(ref)
  }
  const tables = { updates: database.updates, outbox: database.outbox, sealed: database.sealed }
  return {
    ...{ database, replica, sync, told },
    everything: () => Promise.resolve(made),
    async rowOf(table: Name, row: number): Promise<Row> {
      return (await tables[table].toArray())[row]!
    },
    put: async (table: Name, row: Row): Promise<void> => {
      await (tables[table] as { put(row: unknown): PromiseLike<unknown> }).put(row)
    }
  }
}

/** The letters that can be read, in order; those behind a gap wait for it. */
function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  const waiting = doc.store.pendingStructs
  const text = doc.getText('title').toJSON()
  if (waiting === null) return text
  const letters = Y.decodeUpdate(Y.convertUpdateFormatV2ToV1(waiting.update)).structs.map((one) =>
    'content' in one ? (one.content as Y.ContentString).str : ''
  )
  return text + letters.join('')
}
