// Which documents the library shows, in which order and under which headings.
import { describe, expect, test } from 'vitest'
import { arrange, groupsOf, timeOf, titleOf, type LibraryView } from '../../app/shell/library-order'
import type { LibraryItem } from '../../app/shell/meridian'
import { documentIdOf, idOf, type PersonId } from '../../sync-api/protocol/ids'

const now = new Date(2026, 4, 20, 15, 0).getTime()
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const person = idOf<PersonId>(new Uint8Array(16).fill(1))

function item(title: string, fields: Partial<LibraryItem> = {}): LibraryItem {
  return {
    document: documentIdOf(person, title),
    title,
    role: 'owner',
    createdAt: now,
    editedAt: now,
    openedAt: now,
    removedAt: null,
    pinned: false,
    unacknowledged: 0,
    onDevice: true,
    ...fields
  }
}

const view = (fields: Partial<LibraryView> = {}): LibraryView => ({
  bin: false,
  filter: '',
  sorting: 'edited',
  ...fields
})
const titles = (items: readonly LibraryItem[]): string[] => items.map(titleOf)

describe('the order', () => {
  const items = [
    item('b 10', { editedAt: 1, createdAt: 3, openedAt: null }),
    item('B 9', { editedAt: 3, createdAt: 1, openedAt: 2 }),
    item('', { editedAt: 2, createdAt: 2, openedAt: 3 })
  ]

  test.each([
    ['edited', ['B 9', 'Untitled', 'b 10']],
    ['opened', ['Untitled', 'B 9', 'b 10']],
    ['title', ['B 9', 'b 10', 'Untitled']],
    ['created', ['b 10', 'Untitled', 'B 9']]
  ] as const)('by %s is %j', (sorting, expected) => {
    expect(titles(arrange(items, view({ sorting })))).toEqual(expected)
  })

  test('of equals is the same however they come', () => {
    const equals = ['x', 'y', 'z'].map((title) => item(title))
    expect(arrange(equals, view())).toEqual(arrange(equals.toReversed(), view()))
  })

  test('leaves the given list as it was', () => {
    const before = titles(items)
    arrange(items, view({ sorting: 'title' }))
    expect(titles(items)).toEqual(before)
  })
})

describe('the filter', () => {
  const items = [item('Übersicht der Leuchtfeuer'), item('Notes on tides'), item('')]

  test.each([
    ['uber', ['Übersicht der Leuchtfeuer']],
    ['  TIDES   no', ['Notes on tides']],
    ['untitled', ['Untitled']],
    ['zebra', []]
  ])('%j finds %j', (filter, expected) => {
    expect(titles(arrange(items, view({ filter })))).toEqual(expected)
  })
})

test('the bin shows what was removed, last removed first, and the library what was not', () => {
  const items = [
    item('kept'),
    item('early', { removedAt: now - dayMs, pinned: true }),
    item('late', { removedAt: now - hourMs })
  ]
  const bin = view({ bin: true, sorting: 'title' })
  expect(titles(arrange(items, bin))).toEqual(['late', 'early'])
  expect(titles(arrange(items, view()))).toEqual(['kept'])
  expect(groupsOf(arrange(items, bin), bin, now).map(({ label }) => label)).toEqual([
    'Today',
    'Yesterday'
  ])
})

describe('the headings', () => {
  test('put pinned documents first, then days, weeks and years', () => {
    const items = [
      item('pinned', { pinned: true, editedAt: now - 900 * dayMs }),
      item('just now'),
      item('last night', { editedAt: now - 16 * hourMs }),
      item('this week', { editedAt: now - 4 * dayMs }),
      item('this month', { editedAt: now - 20 * dayMs }),
      item('this year', { editedAt: now - 90 * dayMs }),
      item('long ago', { editedAt: new Date(2023, 1, 1).getTime() })
    ]
    const groups = groupsOf(arrange(items, view()), view(), now)
    expect(groups.map(({ label }) => label)).toEqual([
      'Pinned',
      'Today',
      'Yesterday',
      'This week',
      'This month',
      'This year',
      '2023'
    ])
  })

  test('are one for all titles, and one for what was never opened here', () => {
    const items = [item('a'), item('b', { openedAt: null })]
    const byTitle = view({ sorting: 'title' })
    expect(groupsOf(items, byTitle, now)).toEqual([{ label: 'A to Z', items }])
    const byOpened = groupsOf(items, view({ sorting: 'opened' }), now)
    expect(byOpened.map(({ label }) => label)).toEqual(['Today', 'Not opened yet'])
  })
})

test('a row shows the time that the list is sorted by', () => {
  const one = item('a', { editedAt: 1, createdAt: 2, openedAt: 3, removedAt: 4 })
  expect(timeOf(one, view())).toBe(1)
  expect(timeOf(one, view({ sorting: 'title' }))).toBe(1)
  expect(timeOf(one, view({ sorting: 'created' }))).toBe(2)
  expect(timeOf(one, view({ sorting: 'opened' }))).toBe(3)
  expect(timeOf(one, view({ bin: true }))).toBe(4)
})
