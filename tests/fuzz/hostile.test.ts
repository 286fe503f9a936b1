// A share of `npm run fuzz`: no update that is taken throws, hangs or leaves anything pending in Yjs.
import { expect, test } from 'vitest'
import { fuzzHostile } from './hostile'
import { fuzzMutants, newFuzzed } from './mutants'

test('[FR2] 20,000 damaged updates are refused, or Yjs makes something whole of them', () => {
  const fuzzed = newFuzzed()
  fuzzMutants(fuzzed, 1, 20_000)
  expect(fuzzed.broken).toEqual([])
  expect(fuzzed.accepted).toBeGreaterThan(50)
})

test('3,000 updates that mean harm are refused, or leave a document that can be used', () => {
  const fuzzed = newFuzzed()
  fuzzHostile(fuzzed, 1, 3_000)
  expect(fuzzed.broken).toEqual([])
  expect(fuzzed.accepted).toBeGreaterThan(50)
})
