// What a region's replica keeps to. Run on DynamoDB's stand-in and on the twin in memory by table.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readAll, type Row, type Table } from '../../sync-api/adapters/aws/table'

export type TablePlace = { readonly table: Table; stop(): Promise<void> }

const all = { after: '0', upTo: '~' }

export function tableContract(name: string, placeOf: () => Promise<TablePlace>): void {
  describe(`a replica in ${name}`, () => {
    let place: TablePlace
    let table: Table
    let pk: string
    let logs = 0

    const rowOf = (sk: string, text = sk, revision: number | null = null): Row => ({
      ...{ pk, sk, body: new Uint8Array(Buffer.from(text)), region: 'here', at: 1_000, revision }
    })
    const revised = (sk: string, revision: number) => ({
      ...rowOf(sk, `${sk} ${revision}`),
      revision
    })
    const keysIn = async (range = all): Promise<readonly string[]> =>
      (await readAll(table, pk, range)).map(({ sk }) => sk)

    beforeAll(async () => {
      place = await placeOf()
      table = place.table
    })
    afterAll(() => place.stop())
    beforeEach(() => {
      pk = `D#log ${logs++}`
    })

    it('gives back what was put, byte for byte and in the order of keys', async () => {
      const rows = [rowOf('b'), rowOf('a#1', '\0ÿ'), rowOf('a')]
      for (const row of rows) expect(await table.putNew(row)).toBe(true)
      expect(await readAll(table, pk, all)).toEqual([rows[2], rows[1], rows[0]])
      expect(await table.get(pk, ['b', 'nowhere', 'a'])).toEqual([rows[0], rows[2]])
    })

    it('puts nothing where something stands', async () => {
      await table.putNew(rowOf('a', 'first'))
      expect(await table.putNew(rowOf('a', 'second'))).toBe(false)
      expect(await table.get(pk, ['a'])).toEqual([rowOf('a', 'first')])
    })

    it('puts a revision behind the one before it alone', async () => {
      expect(await table.putNext(revised('m', 2))).toBe(false)
      expect(await table.putNext(revised('m', 1))).toBe(true)
      expect(await table.putNext(revised('m', 1))).toBe(false)
      const both = await Promise.all([
        table.putNext(revised('m', 2)),
        table.putNext(revised('m', 2))
      ])
      expect(both.toSorted()).toEqual([false, true])
      expect(await table.get(pk, ['m'])).toEqual([revised('m', 2)])
    })

    it('reads a range without its beginning and with its end', async () => {
      for (const sk of ['a', 'a#1', 'b', 'b#1', 'c']) await table.putNew(rowOf(sk))
      expect(await keysIn({ after: 'a', upTo: 'b' })).toEqual(['a#1', 'b'])
      expect(await keysIn({ after: 'b~', upTo: '~' })).toEqual(['c'])
    })

    it('reads more than one page holds', async () => {
      const large = Array.from({ length: 12 }, (_, at) => rowOf(`k${at + 10}`, 'x'.repeat(300_000)))
      for (const row of large) await table.putNew(row)
      expect(await keysIn()).toEqual(large.map(({ sk }) => sk))
    })

    it('removes exactly the keys it is told, also those that are not there', async () => {
      const keys = Array.from({ length: 60 }, (_, at) => `k${at + 10}`)
      for (const key of keys) await table.putNew(rowOf(key))
      await table.remove(pk, [...keys.slice(0, 55), 'nowhere'])
      expect(await keysIn()).toEqual(keys.slice(55))
      await table.remove(pk, [])
      expect(await table.putNew(rowOf(keys[0]!))).toBe(true)
    })

    it('keeps logs apart', async () => {
      await table.putNew(rowOf('a'))
      pk = `${pk} other`
      expect(await keysIn()).toEqual([])
    })
  })
}
