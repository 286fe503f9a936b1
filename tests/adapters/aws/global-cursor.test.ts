// Cursors of a log that several regions write: as long as the wire lets them be, and read as they were written.
import { expect, it } from 'vitest'
import {
  markBytes,
  parseCursor,
  placeCursor,
  readingCursor
} from '../../../sync-api/adapters/aws/global-cursor'
import { cursorBytesMax } from '../../../sync-api/protocol/limits'
import { channelOf, entryOf } from '../../contracts/log-samples'
import { rowsOfEntry } from '../../../sync-api/adapters/aws/update-rows'

const place = { id: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), sequence: Number.MAX_SAFE_INTEGER }
const { key } = rowsOfEntry(channelOf('document'), entryOf(1, 1), 'here')

it.each([0, 1, 3, 4, 10])('A reading on top of the checkpoints of %i regions fits', (regions) => {
  const marks = Array.from({ length: regions }, (_, at) => new Uint8Array(markBytes).fill(at))
  for (const name of [null, key]) {
    const cursor = readingCursor(place, marks, name)
    expect(cursor.length).toBeLessThanOrEqual(cursorBytesMax)
    const read = parseCursor(cursor)
    expect(read).toMatchObject({ kind: 'reading', rest: place, key: name })
    const marked = read?.kind === 'reading' ? read.marks : []
    expect(marked.map((mark) => mark[0])).toEqual(marks.map((mark) => mark[0]))
  }
})

it('A cursor that was cut short is none', () => {
  const cursor = readingCursor(place, [new Uint8Array(markBytes)], key)
  expect(parseCursor(cursor.subarray(0, 12))).toBeNull()
  expect(parseCursor(cursor.subarray(0, cursor.length - 1))).toBeNull()
  expect(parseCursor(placeCursor(place))).toEqual({ kind: 'ordered', place })
})
