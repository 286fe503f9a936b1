// A nonce is good once, for a minute, at the relay that made it.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createNonces } from '../../sync-api/http/nonces'
import { nonceLifetimeMs } from '../../sync-api/protocol/limits'

function setUp() {
  let now = 1_000_000
  const nonces = createNonces({
    nonceKey: randomBytes(32),
    clock: { now: () => now },
    random: (length) => randomBytes(length)
  })
  return { nonces, wait: (ms: number) => (now += ms) }
}

test('a nonce is good until its minute is over', async () => {
  const { nonces, wait } = setUp()
  const nonce = await nonces.make()
  wait(nonceLifetimeMs)
  await nonces.check(nonce)
  wait(1)
  await expect(nonces.check(nonce)).rejects.toThrow('ticket-expired')
})

test('a nonce that was altered or is of another relay is not good', async () => {
  const { nonces } = setUp()
  const nonce = await nonces.make()
  const later = nonce.replace(/^\w+/, 'zzzzzzzz')
  await expect(nonces.check(later)).rejects.toThrow('ticket-expired')
  await expect(nonces.check(await setUp().nonces.make())).rejects.toThrow('ticket-expired')
  await expect(nonces.check('')).rejects.toThrow('bad-request')
})

test('a nonce is spent once, and forgotten when it would have run out anyway', async () => {
  const { nonces, wait } = setUp()
  const nonce = await nonces.make()
  nonces.spend(nonce)
  expect(() => nonces.spend(nonce)).toThrow('ticket-expired')
  wait(nonceLifetimeMs + 1)
  nonces.spend(nonce)
})

test('spent nonces are bounded: past it nobody gets a ticket, until some have run out', () => {
  const { nonces, wait } = setUp()
  for (let at = 0; at < 100_000; at++) nonces.spend(`n${at}`)
  expect(() => nonces.spend('one more')).toThrow('over-limit')
  wait(nonceLifetimeMs + 1)
  nonces.spend('one more')
})
