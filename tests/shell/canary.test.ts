// The note outside the database: it tells a deleted database from one that never was.
import { beforeEach, expect, test } from 'vitest'
import { forgetLoss, lossSince, noteCanary } from '../../app/browser/canary'

beforeEach(() => {
  const kept = new Map<string, string>()
  const storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key)
  }
  Object.assign(globalThis, { localStorage: storage })
})

test('the first start of all has lost nothing', () => {
  expect(lossSince('first')).toBeNull()
})

test('the same database has lost nothing', () => {
  noteCanary({ birth: 'first', documents: 3, unsent: 1 })
  expect(lossSince('first')).toBeNull()
})

test('another database in its place is a loss, told until it is forgotten', () => {
  noteCanary({ birth: 'first', documents: 3, unsent: 1 })
  expect(lossSince('second')).toEqual({ documents: 3, unsent: 1 })
  noteCanary({ birth: 'second', documents: 0, unsent: 0 })
  expect(lossSince('second')).toEqual({ documents: 3, unsent: 1 })
  forgetLoss()
  expect(lossSince('second')).toBeNull()
})

test('an empty database that was made again is no loss', () => {
  noteCanary({ birth: 'first', documents: 0, unsent: 0 })
  expect(lossSince('second')).toBeNull()
})

test('a note that is none of ours is passed over', () => {
  localStorage.setItem('meridian.canary', '{"birth": 1, "documents": "many"')
  expect(lossSince('first')).toBeNull()
})
