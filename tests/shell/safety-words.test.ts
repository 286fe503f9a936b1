// What the screen says of a document's safety follows from facts alone, and never says more than is true.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signOf, unsentWords } from '../../app/shell/words'
import type { StoreFailureReason } from '../../app/store/ports'
import {
  changesIn,
  statusOf,
  storeFailureWords,
  wordsFor,
  type DocumentStatus,
  type StatusFacts
} from '../../app/sync/status'

const reasons = Object.keys(storeFailureWords) as StoreFailureReason[]
const quiet: StatusFacts = {
  unwritten: 0,
  failure: null,
  relayed: false,
  unacknowledged: 0,
  connection: { kind: 'online' },
  caughtUp: true,
  unanswered: false
}
const anyFacts: fc.Arbitrary<StatusFacts> = fc.record({
  unwritten: fc.nat(3),
  failure: fc.option(fc.constantFrom(...reasons)),
  relayed: fc.boolean(),
  unacknowledged: fc.option(fc.nat(3)),
  connection: fc.constantFrom<StatusFacts['connection']>(
    { kind: 'connecting' },
    { kind: 'online' },
    { kind: 'offline', nextTryAt: null },
    { kind: 'stopped', reason: 'ticket' },
    { kind: 'stopped', reason: 'release' }
  ),
  caughtUp: fc.boolean(),
  unanswered: fc.boolean()
})

describe('the words', () => {
  test('say “Saved” only when every change is stored here and by the relay', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { label } = wordsFor(statusOf(facts))
        if (label !== 'Saved') return
        expect(facts).toMatchObject({ unwritten: 0, failure: null, unacknowledged: 0 })
      })
    )
  })

  test('never promise this device what it could not store', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (facts.failure === null) return
        const { label, detail } = wordsFor(statusOf(facts))
        expect(label).not.toMatch(/^Saved on|saved on|^Saved$/)
        expect(detail).toContain(storeFailureWords[facts.failure])
      })
    )
  })

  test('count what is on this device only, in every state but the fleeting one of a commit', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const status = statusOf(facts)
        if (['writing', 'opening', 'relayed'].includes(status.kind)) return
        expect(changesIn(status)).toBe(facts.unwritten + (facts.unacknowledged ?? 0))
      })
    )
  })

  test('say that a connected relay does not answer, and that the device has the changes', () => {
    const { label, detail } = wordsFor(statusOf({ ...quiet, unacknowledged: 2, unanswered: true }))
    expect(label).toBe('Relay not answering')
    expect(detail).toContain('2 changes are only on this device')
  })
})

test('the tab’s title says the worst of all documents, and nothing of what is on its way', () => {
  const one = (status: DocumentStatus) => ({ status })
  const device = one({ kind: 'device', changes: 1, connecting: false })
  const saving = one({ kind: 'saving', changes: 1 })
  const failing = one({ kind: 'cannot-save', reason: 'quota', changes: 1 })
  expect(signOf([])).toBe('')
  expect(signOf([saving])).toBe('')
  expect(signOf([saving, device])).toBe('●')
  expect(signOf([device, failing])).toBe('⚠ Not saved –')
})

test('who becomes another person hears which documents hold what was never sent', () => {
  const status: DocumentStatus = { kind: 'device', changes: 3, connecting: false }
  expect(unsentWords([])).toBe('')
  expect(unsentWords([{ title: null, status }])).toBe('')
  expect(
    unsentWords([
      { title: 'Plan', status },
      { title: ' ', status }
    ])
  ).toContain('“Plan” (3), “Untitled” (3)')
  const many = Array.from({ length: 9 }, () => ({ title: 'Plan', status }))
  expect(unsentWords(many)).toContain('and others')
})
