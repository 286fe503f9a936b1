// Who may do what: proven by a nonce, given by links, felt at once.
import { expect, it } from 'vitest'
import type { Refusal } from '../../sync-api/core/relay'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import {
  beginning,
  contentOf,
  createBed,
  documentOf,
  linkOf,
  personOf,
  pushOf,
  secret,
  secretHash,
  shared
} from './relay-bed'

const refusedWith = (code: string): Partial<Refusal> => expect.objectContaining({ code })

it('makes a document for whoever shows the nonce of its id [SU3]', async () => {
  const bed = createBed()
  const owner = bed.join(1)
  owner.subscribe(contentOf(documentOf(1)), 'nonce')
  const [answer] = await owner.heardOf('subscribed')
  expect(answer!.items).toEqual([
    { ...contentOf(documentOf(1)), role: 'owner', epoch: 0, stale: false }
  ])
})

it('makes nothing for another nonce, or for another person with the right one [SU3]', async () => {
  const bed = createBed()
  const other = bed.join(2)
  other.subscribe(contentOf(documentOf(1)), 'nonce')
  const self = bed.join(1)
  self.subscribe(contentOf(documentOf(1)), 'wrong')
  for (const client of [other, self]) {
    const [answer] = await client.heardOf('subscribed')
    expect(answer!.items[0]!.role).toBeNull()
  }
})

it('answers the same for a document that is not there and one without a right to it [SU2]', async () => {
  const bed = createBed()
  const { content } = await shared(bed, 'viewer', [])
  const stranger = bed.join(5)
  const absent = contentOf(documentOf(9))
  const answers = []
  for (const ref of [content, absent]) {
    stranger.subscribe(ref)
    stranger.say({ type: 'pull', ...ref, cursor: beginning })
    stranger.push(ref, 1)
    const heard = await stranger.heard()
    answers.push(JSON.stringify(heard).replaceAll(ref.document, 'document'))
  }
  expect(answers[0]).toBe(answers[1])
})

it('creates a document once, however many devices ask for it at once', async () => {
  const bed = createBed()
  const devices = [bed.join(1, 'one'), bed.join(1, 'two'), bed.join(1, 'three')]
  const ref = contentOf(documentOf(1))
  for (const device of devices) device.subscribe(ref, 'nonce')
  await bed.rest()
  const rights = bed.join(1, 'reader')
  rights.subscribe({ ...ref, channel: 'rights' })
  rights.say({ type: 'pull', ...ref, channel: 'rights', cursor: beginning })
  const [page] = await rights.heardOf('catch-up')
  expect(page!.entries).toHaveLength(1)
})

it('lets viewers read and not write, over the socket and over HTTP [AC1] [AC2]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'viewer', [2])
  guests[0]!.push(content, 1)
  expect(await guests[0]!.heardOf('refused')).toMatchObject([{ n: 1, reason: 'not-allowed' }])
  const answers = await bed.relay.bulk(personOf(2), [pushOf(content, 1, {}, 2)])
  expect(answers).toMatchObject([{ type: 'refused', reason: 'not-allowed' }])
  expect(await owner.heardOf('entry')).toEqual([])
})

it('lets commenters write comments and nobody write rights [AC1]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'commenter', [2])
  guests[0]!.push({ ...content, channel: 'comments' }, 1)
  guests[0]!.push(content, 1)
  expect((await guests[0]!.heard()).map(({ type }) => type)).toEqual(['ack', 'refused'])
  owner.push({ ...content, channel: 'rights' }, 1)
  expect(await owner.heardOf('refused')).toMatchObject([{ reason: 'not-allowed' }])
})

it('shows the rights channel to the owner alone [AC1]', async () => {
  const bed = createBed()
  const { content, owner, guests } = await shared(bed, 'editor', [2])
  for (const client of [owner, guests[0]!]) client.subscribe({ ...content, channel: 'rights' })
  expect((await owner.heardOf('subscribed'))[0]!.items[0]!.role).toBe('owner')
  expect((await guests[0]!.heardOf('subscribed'))[0]!.items[0]!.role).toBeNull()
})

it('stops at once for connected people when their link is withdrawn [AC3] [AC5]', async () => {
  const bed = createBed()
  const { document, content, owner, guests } = await shared(bed, 'editor', [2, 3])
  await bed.relay.sharing.grant(personOf(1), document, personOf(3), 'viewer', 'Guest')
  await guests[1]!.heard()
  await bed.relay.sharing.withdrawLink(personOf(1), document, linkOf(1))
  expect(await guests[0]!.heard()).toEqual([{ type: 'role-changed', document, role: null }])
  expect(await guests[1]!.heard()).toEqual([])
  owner.push(content, 1)
  guests[0]!.push(content, 1)
  guests[0]!.say({ type: 'pull', ...content, cursor: beginning })
  const after = await guests[0]!.heard()
  expect(after.map(({ type }) => type).sort()).toEqual(['error', 'refused'])
  expect(await guests[1]!.heardOf('entry')).toHaveLength(1)
})

it('raises and lowers a role while connected [AC3]', async () => {
  const bed = createBed()
  const { document, content, guests } = await shared(bed, 'viewer', [2])
  const guest = guests[0]!
  await bed.relay.sharing.grant(personOf(1), document, personOf(2), 'editor', 'Guest')
  expect(await guest.heard()).toEqual([{ type: 'role-changed', document, role: 'editor' }])
  guest.push(content, 1)
  expect(await guest.heardOf('ack')).toHaveLength(1)
  await bed.relay.sharing.grant(personOf(1), document, personOf(2), 'commenter', 'Guest')
  guest.push(content, 2)
  expect((await guest.heard()).map(({ type }) => type)).toEqual(['role-changed', 'refused'])
})

it('gives a link to whoever has its secret, and to nobody else [AC4]', async () => {
  const bed = createBed()
  const { document } = await shared(bed, 'commenter', [])
  const { sharing } = bed.relay
  const wrong = secret.replace(/^./, 'B')
  const invalid = refusedWith('link-invalid')
  for (const attempt of [
    sharing.claim(personOf(2), document, linkOf(1), wrong, ''),
    sharing.claim(personOf(2), document, linkOf(1), 'short', ''),
    sharing.claim(personOf(2), document, linkOf(2), secret, ''),
    sharing.claim(personOf(2), documentOf(7), linkOf(1), secret, '')
  ]) {
    await expect(attempt).rejects.toEqual(invalid)
  }
  expect(await sharing.claim(personOf(2), document, linkOf(1), secret, 'B')).toBe('commenter')
  await sharing.withdrawLink(personOf(1), document, linkOf(1))
  const late = sharing.claim(personOf(3), document, linkOf(1), secret, '')
  await expect(late).rejects.toEqual(invalid)
})

it('lets only the owner change who has access, and tells strangers nothing [AC6]', async () => {
  const bed = createBed()
  const { document } = await shared(bed, 'editor', [2])
  const { sharing } = bed.relay
  const attempts = (by: number) => [
    sharing.rights(personOf(by), document),
    sharing.makeLink(personOf(by), document, linkOf(5), 'viewer', secretHash),
    sharing.withdrawLink(personOf(by), document, linkOf(1)),
    sharing.grant(personOf(by), document, personOf(4), 'editor', ''),
    sharing.withdraw(personOf(by), document, personOf(2))
  ]
  for (const one of attempts(2)) await expect(one).rejects.toEqual(refusedWith('not-allowed'))
  for (const one of attempts(9)) await expect(one).rejects.toEqual(refusedWith('not-found'))
  expect((await sharing.rights(personOf(1), document)).grants.size).toBe(1)
})

it('never hands out ownership, nor takes it from who has it', async () => {
  const bed = createBed()
  const { document } = await shared(bed, 'editor', [2])
  const { sharing } = bed.relay
  const [owner, guest] = [personOf(1), personOf(2)]
  const bad = refusedWith('bad-request')
  await expect(sharing.grant(owner, document, guest, 'owner', '')).rejects.toEqual(bad)
  await expect(sharing.grant(owner, document, owner, 'viewer', '')).rejects.toEqual(bad)
  await expect(sharing.withdraw(owner, document, owner)).rejects.toEqual(bad)
})

it('closes a connection with a hello of a version it does not speak [CO3]', () => {
  const bed = createBed()
  const old = bed.connect(1, 'old')
  old.say({ type: 'hello', protocol: 0, schema: { major: 1, minor: 0 }, release: 'old' })
  expect(bed.gateway.closedWith('old')).toBe(closeCodes.tooOld)
})
