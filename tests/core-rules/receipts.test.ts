// Receipts: what the relay tells of others comes with one, and by it whoever may write gives a log back what it has lost.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { clientIdOf, type ChannelRef, type PersonId } from '../../sync-api/protocol/ids'
import type { Entry, Push, ServerMessage, Voucher } from '../../sync-api/protocol/messages'
import { receiptsSince } from '../../sync-api/protocol/version'
import { writerOf } from '../honest'
import {
  beginning,
  createBed,
  hello,
  only,
  otherOutbox,
  pullFrom,
  pushOf,
  subscribeTo
} from './bed'

/** What one writer of a person types into a title, as pushes name it. */
function typist(
  person: PersonId,
  ref: ChannelRef
): (text: string) => Pick<Push, 'update' | 'writers'> {
  const writer = writerOf(9_000)
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(ref, person, writer)
  const made: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => made.push(update))
  const title = doc.getText('title')
  return (text) => {
    title.insert(title.length, text)
    return { update: made.at(-1)!, writers: [writer] }
  }
}

/** A document whose owner types, and a guest who may write and listens; the same every time. */
async function shared(receiptKey: Uint8Array = new Uint8Array(32).fill(1)) {
  const bed = createBed({ receiptKey })
  const { owner, document, content } = await bed.share()
  const guest = await bed.connect(bed.person())
  await bed.relay.sharing.grant(owner.person, document, guest.person, 'editor', 'Guest')
  await guest.say(subscribeTo(content))
  return { bed, owner, guest, content, type: typist(owner.person, content) }
}

type Place = Awaited<ReturnType<typeof shared>>

/** The owner types two words; answers what the guest is told of them. */
async function twoWords({ owner, guest, content, type }: Place): Promise<readonly Entry[]> {
  await owner.say(pushOf(content, 1, type('one ')))
  await owner.say(pushOf(content, 2, type('two ')))
  return only('entry', await guest.hear()).flatMap(({ entries }) => entries)
}

/** The same document at a relay that has only the first word. */
async function afterLoss(key?: Uint8Array): Promise<Place> {
  const place = await shared(key)
  await place.owner.say(pushOf(place.content, 1, place.type('one ')))
  await place.guest.hear()
  return place
}

function voucherOf({ outbox, n, receipt }: Entry): Voucher {
  if (receipt === undefined) throw new Error('An entry without a receipt')
  return { outbox, n, receipt }
}

/** The guest gives the second word back. */
function giveBack(
  { guest, content }: Place,
  { update }: Entry,
  voucher: Voucher | undefined
): Promise<readonly ServerMessage[]> {
  const push = pushOf(content, 1, { outbox: otherOutbox, update, writers: [] })
  return guest.say(voucher === undefined ? push : { ...push, voucher })
}

test('[RE1] live entries and pages carry receipts, the same for the same entry', async () => {
  const place = await shared()
  const [one, two] = await twoWords(place)
  expect(one?.receipt).toHaveLength(33)
  expect(two?.receipt).not.toEqual(one?.receipt)
  const pulled = only('catch-up', await place.guest.say(pullFrom(place.content)))
  expect(pulled.flatMap(({ entries }) => entries)).toEqual([one, two])
  const [byHttp] = await place.bed.relay.bulk(place.guest.person, [pullFrom(place.content)])
  expect(byHttp).toMatchObject({ entries: [one, two] })
})

test('[RE1] a client of an earlier version is given none, over a socket or by HTTP', async () => {
  const place = await shared()
  const old = place.bed.open(place.guest.person)
  await old.say({ ...hello, protocol: receiptsSince - 1 })
  await old.say(subscribeTo(place.content))
  await twoWords(place)
  const live = only('entry', await old.hear()).flatMap(({ entries }) => entries)
  const pulled = only('catch-up', await old.say(pullFrom(place.content)))
  const calls = [pullFrom(place.content)]
  const byHttp = await place.bed.relay.bulk(old.person, calls, receiptsSince - 1)
  const pages = [...pulled, ...only('catch-up', byHttp)].flatMap(({ entries }) => entries)
  expect([...live, ...pages].map(({ receipt }) => receipt)).toEqual(Array(6).fill(undefined))
})

test('[RE1] rights have none', async () => {
  const { owner, content } = await shared()
  const rights = { ...content, channel: 'rights' } as const
  const [page] = only('catch-up', await owner.say(pullFrom(rights)))
  expect(page?.entries.length).toBeGreaterThan(0)
  for (const { receipt } of page!.entries) expect(receipt).toBeUndefined()
})

test('[RE2] [UP8] by its receipt an entry of others is taken by a log that has lost it', async () => {
  const [, two] = await twoWords(await shared())
  const place = await afterLoss()
  expect(await giveBack(place, two!, undefined)).toMatchObject([{ type: 'unknown', n: 1 }])
  const given = await giveBack(place, two!, voucherOf(two!))
  expect(given).toMatchObject([{ type: 'ack', outbox: otherOutbox, n: 1 }])
  const stored = await place.bed.log.read(place.content, beginning, Infinity)
  const [, back] = stored!.entries
  // Whose it was it is again, so that its author goes on under the same client id.
  expect(back).toMatchObject({
    update: two!.update,
    person: place.owner.person,
    clients: [expect.any(Number)]
  })
  const next = (place.type('two '), place.type('three '))
  expect(await place.owner.say(pushOf(place.content, 2, next))).toMatchObject([
    { type: 'entry' },
    { type: 'ack', n: 2 }
  ])
})

test('[RE3] a receipt is good for its document, channel, number, bytes and relay alone', async () => {
  const [one, two] = await twoWords(await shared())
  const voucher = voucherOf(two!)
  const forged = voucher.receipt.slice()
  forged[20]! ^= 1
  const thief = voucher.receipt.slice()
  thief[3]! ^= 1
  for (const wrong of [
    { ...voucher, receipt: forged },
    { ...voucher, receipt: thief },
    { ...voucher, receipt: new Uint8Array() },
    { ...voucher, n: 3 },
    { ...voucher, outbox: otherOutbox },
    voucherOf(one!)
  ]) {
    expect(await giveBack(await afterLoss(), two!, wrong)).toMatchObject([{ type: 'unknown' }])
  }
  const elsewhere = await afterLoss(new Uint8Array(32).fill(2))
  expect(await giveBack(elsewhere, two!, voucher)).toMatchObject([{ type: 'unknown' }])
})

test('[RE4] a receipt gives no right: who may only read is refused', async () => {
  const [, two] = await twoWords(await shared())
  const place = await afterLoss()
  const { bed, owner, guest, content } = place
  await bed.relay.sharing.grant(owner.person, content.document, guest.person, 'viewer', 'Guest')
  await guest.hear()
  const [answer] = await giveBack(place, two!, voucherOf(two!))
  expect(answer).toMatchObject({ type: 'refused', reason: 'not-allowed' })
})

test('[RE2] what was given back can be given back again', async () => {
  const first = await afterLoss()
  const [, two] = await twoWords(await shared())
  const given = await giveBack(first, two!, voucherOf(two!))
  expect(given).toMatchObject([{ type: 'ack' }])
  const told = only('entry', await first.owner.hear()).flatMap(({ entries }) => entries)
  const again = await afterLoss()
  expect(await giveBack(again, told[0]!, voucherOf(told[0]!))).toMatchObject([{ type: 'ack' }])
})
