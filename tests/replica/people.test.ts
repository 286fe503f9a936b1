// Who else is in the document, as the relay tells it.
import { describe, expect, test } from 'vitest'
import { clientIdOf, idOf, type PersonId } from '../../sync-api/protocol/ids'
import { aPerson, aTab, aWriter } from '../contracts/store-samples'
import { createBrowser, ref } from './browser'

describe('the people of a document', () => {
  const other = idOf<PersonId>(new Uint8Array(16).fill(9))
  const theirs = clientIdOf(ref, other, aWriter(5))

  test('appear under the client id that belongs to them, and go when their state does', async () => {
    const browser = createBrowser()
    const replica = await browser.open()
    const tell = (state: string | null): void =>
      browser.hub().tell({
        kind: 'people',
        document: ref.document,
        people: [{ person: other, tab: aTab(9), state }]
      })
    tell(JSON.stringify({ writer: aWriter(5), state: { user: { name: 'Bo' } } }))
    expect(replica.awareness.getStates().get(theirs)).toMatchObject({ user: { name: 'Bo' } })
    tell(null)
    expect(replica.awareness.getStates().has(theirs)).toBe(false)
  })

  test('cannot take the place of somebody else', async () => {
    const browser = createBrowser()
    const replica = await browser.open()
    replica.awareness.setLocalStateField('user', { name: 'Me' })
    const claims = { user: { name: 'Thief' }, person: aPerson, tab: aTab(1) }
    const state = JSON.stringify({ writer: replica.writer, state: claims })
    const people = [{ person: other, tab: aTab(9), state }]
    browser.hub().tell({ kind: 'people', document: ref.document, people })
    expect(replica.awareness.getLocalState()).toEqual({ user: { name: 'Me' } })
    const forged = clientIdOf(ref, other, replica.writer)
    expect(replica.awareness.getStates().get(forged)).toMatchObject({ person: other, tab: aTab(9) })
  })

  test('are nobody when what they say cannot be read', async () => {
    const browser = createBrowser()
    const replica = await browser.open()
    const before = replica.awareness.getStates().size
    for (const state of ['{', 'null', '[]', '{"writer":"x","state":{}}', '{"state":{}}']) {
      const people = [{ person: other, tab: aTab(9), state }]
      browser.hub().tell({ kind: 'people', document: ref.document, people })
    }
    expect(replica.awareness.getStates().size).toBe(before)
  })
})
