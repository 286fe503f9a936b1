// Times, people and status as a person reads them.
import { describe, expect, test } from 'vitest'
import { discOf, initialsOf, isNews, leftWords, whenWords } from '../../app/shell/words'
import type { DocumentStatus } from '../../app/sync/status'

const now = new Date(2026, 4, 20, 15, 0).getTime()
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

describe('a past moment', () => {
  test.each([
    [now - 20_000, 'now'],
    [now + 5_000, 'now'],
    [now - 12 * minuteMs, '12 min'],
    [now - 3 * 60 * minuteMs, '12:00'],
    [now - 4 * dayMs, 'Sat'],
    [now - 40 * dayMs, '10 Apr'],
    [now - 700 * dayMs, '19 Jun 2024']
  ])('%i is %s', (at, words) => {
    expect(whenWords(at, now, 'en-GB')).toBe(words)
  })
})

test('the time left is minutes and seconds, and never less than none', () => {
  expect(leftWords(now + 249_000, now)).toBe('4:09')
  expect(leftWords(now + 500, now)).toBe('0:01')
  expect(leftWords(now - 1_000, now)).toBe('0:00')
})

test.each([
  ['Ada Byrne', 'AB'],
  ['Marguerite de la Tour', 'MT'],
  ['  li ', 'L'],
  ['', 'G'],
  ['𝒳avier', '𝒳']
])('the face of %j shows %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})

describe('the disc beside the status', () => {
  const device: DocumentStatus = { kind: 'device', changes: 2, connecting: false }

  test('is full only when the relay has everything', () => {
    expect(discOf({ kind: 'saved' })).toBe('full')
    expect(discOf(device)).toBe('half')
    expect(discOf({ kind: 'saving', changes: 1 })).toBe('ring')
    expect(discOf({ kind: 'behind', offline: true })).toBe('ring')
    expect(discOf({ kind: 'cannot-save', reason: 'quota', changes: 1 })).toBe('alarm')
  })

  test('is announced when something is wrong, and silent while keys are stored', () => {
    expect(isNews(device)).toBe(true)
    expect(isNews({ kind: 'behind', offline: true })).toBe(true)
    expect(isNews({ kind: 'behind', offline: false })).toBe(false)
    expect(isNews({ kind: 'saving', changes: 1 })).toBe(false)
    expect(isNews({ kind: 'saved' })).toBe(false)
  })
})
