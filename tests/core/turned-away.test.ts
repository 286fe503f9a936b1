// Who had no right to a document and gets one hears of it without coming again.
import { expect, it } from 'vitest'
import { createBed, linkOf, personOf, secret, shared } from './relay-bed'

it('tells a connection that was refused a document when its person gets a right [AC9]', async () => {
  const bed = createBed()
  const { document, content } = await shared(bed, 'editor', [])
  const guest = bed.join(2)
  guest.subscribe(content)
  await guest.heard()
  await bed.relay.sharing.claim(personOf(2), document, linkOf(1), secret, 'Guest')
  expect(await guest.heardOf('role-changed')).toEqual([
    { type: 'role-changed', document, role: 'editor' }
  ])
  guest.subscribe(content)
  const [answer] = await guest.heardOf('subscribed')
  expect(answer!.items[0]!.role).toBe('editor')
})

it('tells a connection that lost a document when its person gets a right again [AC9]', async () => {
  const bed = createBed()
  const { document, guests } = await shared(bed, 'editor', [2])
  const [guest] = guests
  await bed.relay.sharing.withdraw(personOf(1), document, personOf(2))
  await bed.relay.sharing.grant(personOf(1), document, personOf(2), 'viewer', 'Guest')
  const heard = await guest!.heardOf('role-changed')
  expect(heard.map(({ role }) => role)).toEqual([null, 'viewer'])
})

it('tells nobody who has unsubscribed or left [AC9]', async () => {
  const bed = createBed()
  const { document, content } = await shared(bed, 'editor', [])
  const guest = bed.join(2)
  guest.subscribe(content)
  await guest.heard()
  guest.say({ type: 'unsubscribe', items: [content] })
  const gone = bed.join(3)
  gone.subscribe(content)
  await gone.heard()
  gone.leave()
  for (const person of [2, 3]) {
    await bed.relay.sharing.claim(personOf(person), document, linkOf(1), secret, 'Guest')
  }
  expect(await guest.heard()).toEqual([])
  expect(await gone.heard()).toEqual([])
})
