// Who is in a document.
import { expect, it } from 'vitest'
import { awarenessIntervalMs, tabsPerDocumentMax } from '../../sync-api/core/limits'
import { peoplePerMessageMax } from '../../sync-api/protocol/limits'
import { createBed, linkOf, personOf, shared, tabOf, type Client } from './relay-bed'
import type { DocumentId } from '../../sync-api/protocol/ids'

function show(client: Client, document: DocumentId, tab: number, state: string | null): void {
  client.say({ type: 'awareness', document, tab: tabOf(tab), state })
}

it('tells the others of the document and nobody else, in the name of the person [PR1] [PR3]', async () => {
  const bed = createBed()
  const { document, owner, guests } = await shared(bed, 'viewer', [2])
  const stranger = bed.join(3)
  show(owner, document, 1, 'here')
  const people = [{ person: personOf(1), tab: tabOf(1), state: 'here' }]
  expect(await guests[0]!.heard()).toEqual([{ type: 'awareness', document, people }])
  expect(await owner.heard()).toEqual([])
  expect(await stranger.heard()).toEqual([])
  show(stranger, document, 1, 'intruding')
  expect(await stranger.heardOf('error')).toMatchObject([{ code: 'not-found' }])
  expect(await owner.heard()).toEqual([])
})

it('tells a new subscriber who is there [PR2]', async () => {
  const bed = createBed()
  const { document, content, owner, guests } = await shared(bed, 'viewer', [2])
  show(owner, document, 1, 'one')
  show(owner, document, 2, 'two')
  await guests[0]!.heard()
  const late = bed.join(2, 'late')
  late.subscribe(content)
  const [told] = await late.heardOf('awareness')
  expect(told!.people.map(({ state }) => state)).toEqual(['one', 'two'])
})

it('tells the others that a tab left when its connection ends [PR4]', async () => {
  const bed = createBed()
  const { document, owner, guests } = await shared(bed, 'viewer', [2])
  show(guests[0]!, document, 1, 'here')
  guests[0]!.leave()
  const states = (await owner.heardOf('awareness')).map(({ people }) => people[0]!.state)
  expect(states).toEqual(['here', null])
})

it('tells the others that a person left when their right to the document ends [PR4]', async () => {
  const bed = createBed()
  const { document, owner, guests } = await shared(bed, 'viewer', [2])
  show(guests[0]!, document, 1, 'here')
  await owner.heard()
  await bed.relay.sharing.withdrawLink(personOf(1), document, linkOf(1))
  const [told] = await owner.heardOf('awareness')
  expect(told!.people).toEqual([{ person: personOf(2), tab: tabOf(1), state: null }])
})

it('keeps a tab that came back on a new connection when the old one ends', async () => {
  const bed = createBed()
  const { document, content, owner, guests } = await shared(bed, 'viewer', [2])
  show(guests[0]!, document, 1, 'before')
  const again = bed.join(2, 'again')
  again.subscribe(content)
  await again.heard()
  bed.time.now += awarenessIntervalMs
  show(again, document, 1, 'after')
  guests[0]!.leave()
  const states = (await owner.heardOf('awareness')).map(({ people }) => people[0]!.state)
  expect(states).toEqual(['before', 'after'])
})

it('passes on at most so many states of a tab, and its latest in the end', async () => {
  const bed = createBed()
  const { document, owner, guests } = await shared(bed, 'viewer', [2])
  for (let at = 0; at < 100; at++) show(owner, document, 1, `at ${at}`)
  expect(await guests[0]!.heardOf('awareness')).toHaveLength(1)
  bed.relay.sweep()
  const [last] = await guests[0]!.heardOf('awareness')
  expect(last!.people[0]!.state).toBe('at 99')
  bed.relay.sweep()
  expect(await guests[0]!.heard()).toEqual([])
})

it('takes a bounded number of tabs of one connection', async () => {
  const bed = createBed()
  const { document, owner } = await shared(bed, 'viewer', [])
  for (let tab = 1; tab <= tabsPerDocumentMax + 1; tab++) show(owner, document, tab, 'here')
  expect(await owner.heardOf('error')).toMatchObject([{ code: 'over-limit' }])
})

it('tells who is there in messages of a bounded size [PR5]', async () => {
  const bed = createBed()
  const { document, content, owner } = await shared(bed, 'viewer', [])
  const second = bed.join(1, 'second')
  second.subscribe(content)
  await second.heard()
  const half = peoplePerMessageMax / 2 + 5
  for (let tab = 1; tab <= half; tab++) {
    show(owner, document, tab, 'here')
    show(second, document, 100 + tab, 'here')
  }
  const late = bed.join(1, 'late')
  late.subscribe(content)
  const told = await late.heardOf('awareness')
  expect(told.map(({ people }) => people.length)).toEqual([peoplePerMessageMax, 10])
})
