// What a region makes of an event: another release's is passed over, what no release puts is said clearly.
import { describe, expect, it } from 'vitest'
import { announcedIn } from '../../../sync-api/adapters/aws/bus'
import { encodeKeyedEntry } from '../../../sync-api/adapters/aws/tail-entries'
import { rowsOfEntry } from '../../../sync-api/adapters/aws/update-rows'
import { channelKey } from '../../../sync-api/protocol/ids'
import { channelOf, entryOf } from '../../contracts/log-samples'

const ref = channelOf('document')
const { key } = rowsOfEntry(ref, entryOf(1, 1), 'eu-west-1')
const bytes = encodeKeyedEntry({ key, entry: entryOf(1, 1) })
const base64 = (some: Uint8Array): string => Buffer.from(some).toString('base64')

/** A detail that a region puts, changed. */
const detailOf = (more: object = {}) => ({
  ...{ form: 1, region: 'eu-west-1', log: channelKey(ref), entries: [base64(bytes)] },
  ...more
})

describe('the detail of an event', () => {
  it('says its entries and keys', () => {
    const entries = [{ key, entry: entryOf(1, 1) }]
    expect(announcedIn(detailOf())).toEqual({ ref, entries, keys: [] })
    const more = { entries: undefined, keys: [key] }
    expect(announcedIn(detailOf(more))).toEqual({ ref, entries: [], keys: [key] })
  })

  it('of another form says nothing, whatever else it holds', () => {
    expect(announcedIn(detailOf({ form: 2 }))).toBeNull()
    expect(announcedIn({ form: 2 })).toBeNull()
    expect(announcedIn({})).toBeNull()
  })

  it.each([
    ['no object', 'text', 'it is no object'],
    ['nothing', null, 'it is no object'],
    ['a log without a name', detailOf({ log: 7 }), 'it names no log'],
    ['a log that is none', detailOf({ log: 'nowhere/content' }), 'it names no log'],
    ['entries that are no list', detailOf({ entries: 'all' }), 'a list is none'],
    ['entries that are no texts', detailOf({ entries: [1] }), 'a list is none'],
    ['keys that are no list', detailOf({ keys: {} }), 'a list is none'],
    ['keys that are no texts', detailOf({ keys: [null] }), 'a list is none'],
    ['an entry of nothing', detailOf({ entries: [''] }), 'an entry of it cannot be read'],
    [
      'an entry that is cut off',
      detailOf({ entries: [base64(bytes.subarray(0, 20))] }),
      'an entry'
    ],
    ['an entry of another form', detailOf({ entries: [base64(bytes.with(0, 9))] }), 'an entry']
  ])('that holds %s is refused with a sentence', (_, detail, why) => {
    expect(() => announcedIn(detail)).toThrow(`An event that no region puts: ${why}`)
  })
})
