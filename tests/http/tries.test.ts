// Secrets cannot be guessed by trying.
import { expect, test } from 'vitest'
import { createTries } from '../../sync-api/http/tries'

const wrong = () => Promise.reject(new Error('wrong'))
const right = () => Promise.resolve('right')

test('after 20 wrong guesses an address waits for the next window', async () => {
  let now = 0
  const tries = createTries({ now: () => now })
  for (let at = 0; at < 20; at++) await expect(tries.spend('a', wrong)).rejects.toThrow('wrong')
  await expect(tries.spend('a', right)).rejects.toThrow('over-limit')
  expect(await tries.spend('b', right)).toBe('right')
  now += 10 * 60_000
  expect(await tries.spend('a', right)).toBe('right')
})

test('guesses that are right cost nothing', async () => {
  const tries = createTries({ now: () => 0 })
  for (let at = 0; at < 100; at++) expect(await tries.spend('a', right)).toBe('right')
})

test('many guesses at once gain nothing', async () => {
  const tries = createTries({ now: () => 0 })
  const all = await Promise.allSettled(Array.from({ length: 50 }, () => tries.spend('a', wrong)))
  const refused = all.filter(
    (one) => one.status === 'rejected' && /over-limit/.test(String(one.reason))
  )
  expect(refused.length).toBe(30)
})

test('guesses from many addresses are bounded together', async () => {
  const tries = createTries({ now: () => 0 })
  for (let at = 0; at < 2_000; at++) {
    await expect(tries.spend(`address ${at}`, wrong)).rejects.toThrow('wrong')
  }
  await expect(tries.spend('another', right)).rejects.toThrow('over-limit')
})
