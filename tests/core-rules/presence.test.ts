// Presence: told to those who have the document open, and gone with the connection.
import { expect, test } from 'vitest'
import { idOf, shortIdBytes, type TabId } from '../../sync-api/protocol/ids'
import { peoplePerMessageMax } from '../../sync-api/protocol/limits'
import type { ClientMessage } from '../../sync-api/protocol/messages'
import { createBed, only, otherTab, subscribeTo, tab, type Bed, type Client } from './bed'

test('[PR1] a state goes to the other subscribers and to nobody else', async () => {
  const { bed, owner, second, document } = await twoPeople()
  const elsewhere = await bed.connect(owner.person)
  expect(await owner.say(here(document))).toEqual([])
  const people = [{ person: owner.person, tab, state: '{"at":1}' }]
  expect(await second.hear()).toEqual([{ type: 'awareness', document, people }])
  expect(await elsewhere.hear()).toEqual([])
})

test('[PR1] a state is not stored', async () => {
  const { bed, owner, document } = await twoPeople()
  await owner.say(here(document))
  for (const channel of ['content', 'comments'] as const) {
    expect((await bed.log.head({ document, channel })).unfoldedEntries).toBe(0)
  }
})

test('[PR1] who has not subscribed says nothing about themselves', async () => {
  const { bed, owner, document } = await twoPeople()
  const stranger = await bed.connect(bed.person())
  expect(await stranger.say(here(document))).toMatchObject([{ type: 'error', code: 'not-found' }])
  expect(await owner.hear()).toEqual([])
})

test('[PR2] who subscribes is told who is there', async () => {
  const { bed, owner, content, document } = await twoPeople()
  await owner.say(here(document))
  const late = await bed.connect(owner.person)
  const answers = await late.say(subscribeTo(content))
  expect(answers.map((one) => one.type)).toEqual(['subscribed', 'awareness'])
  expect(only('awareness', answers)[0]!.people).toMatchObject([{ person: owner.person, tab }])
})

test('[PR3] the relay says who somebody is; two tabs of a person stand apart', async () => {
  const { owner, second, document } = await twoPeople()
  await owner.say(here(document), here(document, otherTab))
  const told = only('awareness', await second.hear()).flatMap((one) => one.people)
  expect(told.map((one) => one.tab)).toEqual([tab, otherTab])
  expect(told.every((one) => one.person === owner.person)).toBe(true)
})

test('[PR3] nobody ends the presence of another person by naming their tab', async () => {
  const { bed, owner, second, content, document } = await twoPeople()
  await owner.say(here(document))
  await second.hear()
  const other = await guestOf(bed, owner, document)
  await other.say(subscribeTo(content))
  await other.say({ type: 'awareness', document, tab, state: null })
  expect(await second.hear()).toEqual([])
})

test.each([
  ['the connection ends', async ({ owner }: People) => owner.disconnect()],
  [
    'it unsubscribes',
    ({ owner, content }: People) => owner.say({ type: 'unsubscribe', items: [content] })
  ],
  [
    'it says so',
    ({ owner, document }: People) => owner.say({ type: 'awareness', document, tab, state: null })
  ]
])('[PR4] the others are told that a tab left when %s', async (_, leave) => {
  const people = await twoPeople()
  await people.owner.say(here(people.document))
  await people.second.hear()
  await leave(people)
  expect(only('awareness', await people.second.hear())).toMatchObject([
    { people: [{ person: people.owner.person, tab, state: null }] }
  ])
})

test('[PR4] the others are told that a tab left when its right goes', async () => {
  const { bed, owner, content, document } = await twoPeople()
  const guest = await guestOf(bed, owner, document)
  await guest.say(subscribeTo(content), here(document))
  await owner.hear()
  await bed.relay.sharing.withdraw(owner.person, document, guest.person)
  expect(only('awareness', await owner.hear())).toMatchObject([
    { people: [{ person: guest.person, state: null }] }
  ])
})

test('[PR5] many people are told in several messages', async () => {
  const { bed, owner, content, document } = await twoPeople()
  const tabs = Array.from({ length: peoplePerMessageMax + 1 }, () =>
    idOf<TabId>(bed.random(shortIdBytes))
  )
  for (const half of [tabs.slice(0, 31), tabs.slice(31)]) {
    const client = await bed.connect(owner.person)
    await client.say(subscribeTo(content), ...half.map((one) => here(document, one)))
  }
  const late = await bed.connect(owner.person)
  const told = only('awareness', await late.say(subscribeTo(content)))
  expect(told.map((one) => one.people.length)).toEqual([peoplePerMessageMax, 1])
})

type People = Awaited<ReturnType<typeof twoPeople>>

/** An owner and, on a connection of their own, a second subscriber of one document. */
async function twoPeople() {
  const bed = createBed()
  const shared = await bed.share()
  const second = await bed.connect(shared.owner.person)
  await second.say(subscribeTo(shared.content))
  return { bed, ...shared, second }
}

async function guestOf(bed: Bed, owner: Client, document: People['document']): Promise<Client> {
  const guest = await bed.connect(bed.person())
  await bed.relay.sharing.grant(owner.person, document, guest.person, 'viewer', 'Guest')
  return guest
}

function here(document: People['document'], of: TabId = tab): ClientMessage {
  return { type: 'awareness', document, tab: of, state: '{"at":1}' }
}
