// Rows on their way through a table's stream: what a function reads of them is what was put.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDynamoTable } from '../../../sync-api/adapters/aws/dynamo-table'
import { rowInStream, type StreamRecord } from '../../../sync-api/adapters/aws/stream-records'
import type { Row } from '../../../sync-api/adapters/aws/table'
import { east, log, openTables, west, type TablesBed } from '../../local-cloud/tables-bed'

let bed: TablesBed

beforeEach(async () => {
  bed = await openTables()
})
afterEach(() => bed.stop())

const tableIn = (region: string) =>
  createDynamoTable({ client: bed.client(region), name: log, pause: async () => undefined })

const rowOf = (more: Partial<Row> = {}): Row => ({
  ...{ pk: 'D#log', sk: '1U#a', body: Uint8Array.from({ length: 256 }, (_, at) => at) },
  ...{ region: east, at: 1_700_000_000_000, revision: null },
  ...more
})

/** What the stream of a region gives, in order. */
function readStream(region: string): (Row | null)[] {
  const rows: (Row | null)[] = []
  bed.connect(region, async ({ Records }) => {
    for (const record of Records as readonly StreamRecord[]) rows.push(rowInStream(record))
  })
  return rows
}

/** Bytes as bytes, whatever holds them. */
const plain = (rows: readonly (Row | null)[]) =>
  rows.map((row) => row && { ...row, body: [...row.body] })

describe('a row in a stream', () => {
  it('is the row that was put, here and in the other regions', async () => {
    const [here, there] = [readStream(east), readStream(west)]
    const row = rowOf()
    await tableIn(east).putNew(row)
    await bed.time.advance(5_000)
    expect(plain(here)).toEqual(plain([row]))
    expect(plain(there)).toEqual(plain([row]))
  })

  it('has its revision where rows change, each time anew', async () => {
    const rows = readStream(east)
    const put = [1, 2].map((revision) => ({ ...rowOf({ sk: '2M#a', at: revision }), revision }))
    for (const row of put) expect(await tableIn(east).putNext(row)).toBe(true)
    await bed.time.advance(5_000)
    expect(plain(rows)).toEqual(plain(put))
  })

  it('is none where it went', async () => {
    await tableIn(east).putNew(rowOf())
    await bed.time.advance(5_000)
    const rows = readStream(west)
    await tableIn(east).remove('D#log', ['1U#a'])
    await bed.time.advance(5_000)
    expect(rows).toEqual([null])
  })

  it('is refused where no log wrote it, with its place', async () => {
    const failures: unknown[] = []
    bed.connect(
      east,
      async ({ Records }) => void (Records as readonly StreamRecord[]).map(rowInStream),
      { retriesMax: 0, onError: (failure) => failures.push(failure) }
    )
    await bed.put(east, 'somebody else’s', 'value')
    await bed.time.advance(5_000)
    expect(failures.map(String)).toEqual([
      'Error: The log is damaged at D#1 somebody else’s: it is no row'
    ])
  })
})
