// Access: what a role allows at this moment, links, and the keys that speak for a person.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import type { Log } from '../../sync-api/core/ports'
import type { Refusal } from '../../sync-api/core/refusal'
import type { ErrorCode } from '../../sync-api/protocol/errors'
import { libraryIdOf, personIdOf, toBase64Url, type PersonId } from '../../sync-api/protocol/ids'
import { deviceCodeLifetimeMs, secretBytes } from '../../sync-api/protocol/limits'
import { keyName, type PublicKey } from '../../sync-api/protocol/rights'
import { linkRoles } from '../../sync-api/protocol/roles'
import type { RelayPorts } from '../../sync-api/core/relay'
import { createBed, link, only, pullFrom, pushOf, subscribeTo, type Bed } from './bed'

const secret = secretOf(1)

describe('roles', () => {
  test('[AC2] every push and pull is checked, over the socket and over HTTP alike', async () => {
    for (const role of linkRoles) {
      const { bed, owner, document, guest } = await shareWith(role)
      for (const channel of ['content', 'comments', 'rights'] as const) {
        const ref = { document, channel }
        const push = pushOf(ref, 1, {}, guest.person)
        const bySocket = await guest.say(push, pullFrom(ref))
        const byHttp = await bed.relay.bulk(guest.person, [push, pullFrom(ref)])
        const writes =
          channel === 'content' ? role === 'editor' : channel !== 'rights' && role !== 'viewer'
        for (const answers of [bySocket, [...byHttp]]) {
          expect(only('ack', answers)).toHaveLength(writes ? 1 : 0)
          expect(only('refused', answers).map((one) => one.reason)).toEqual(
            writes ? [] : ['not-allowed']
          )
          expect(only('catch-up', answers)).toHaveLength(channel === 'rights' ? 0 : 1)
        }
      }
      const rights = await owner.say(pullFrom({ document, channel: 'rights' }))
      expect(only('catch-up', rights)).toHaveLength(1)
    }
  })

  test('[AC3] a lowered role is told and counts at once', async () => {
    const { bed, owner, document, content, guest } = await shareWith('editor')
    await guest.say(subscribeTo(content))
    await bed.relay.sharing.grant(owner.person, document, guest.person, 'viewer', 'Guest')
    expect(only('role-changed', await guest.hear())).toEqual([
      { type: 'role-changed', document, role: 'viewer' }
    ])
    expect(await guest.say(pushOf(content, 1))).toMatchObject([{ reason: 'not-allowed' }])
    await owner.say(pushOf(content, 1))
    expect(only('entry', await guest.hear())).toHaveLength(1)
  })

  test('[AC3] without a right nothing more follows', async () => {
    const { bed, owner, document, content, guest } = await shareWith('editor')
    await guest.say(subscribeTo(content))
    await bed.relay.sharing.withdrawLink(owner.person, document, link)
    expect(await guest.hear()).toEqual([{ type: 'role-changed', document, role: null }])
    await owner.say(pushOf(content, 1))
    expect(await guest.hear()).toEqual([])
    const answers = await guest.say(pushOf(content, 1), pullFrom(content), subscribeTo(content))
    expect(only('ack', answers)).toEqual([])
    expect(only('catch-up', answers)).toEqual([])
    expect(only('subscribed', answers)[0]!.items[0]!.role).toBeNull()
  })

  test('[AC3] a page that was read while the right went is not told', async () => {
    const log = createMemoryLog()
    let whileRead = (): Promise<unknown> => Promise.resolve()
    const slow: Log = {
      ...log,
      async read(ref, cursor, bytesMax) {
        const page = await log.read(ref, cursor, bytesMax)
        if (ref.channel === 'content') await whileRead()
        return page
      }
    }
    const { bed, owner, document, content, guest } = await shareWith('viewer', { log: slow })
    await owner.say(pushOf(content, 1))
    whileRead = () => bed.relay.sharing.withdrawLink(owner.person, document, link)
    const byHttp = await bed.relay.bulk(guest.person, [pullFrom(content)])
    expect(byHttp).toMatchObject([{ type: 'error', code: 'not-found', about: content }])
  })

  test('[AC6] only the owner shares, grants, withdraws and sees who has access', async () => {
    const { bed, document, guest } = await shareWith('editor')
    const { sharing } = bed.relay
    const stranger = bed.person()
    for (const [by, code] of [
      [guest.person, 'not-allowed'],
      [stranger, 'not-found']
    ] as const) {
      await expectRefusal(code, sharing.rights(by, document))
      await expectRefusal(code, sharing.makeLink(by, document, link, 'editor', hashOf(secret)))
      await expectRefusal(code, sharing.withdrawLink(by, document, link))
      await expectRefusal(code, sharing.grant(by, document, by, 'editor', ''))
      await expectRefusal(code, sharing.withdraw(by, document, guest.person))
    }
  })

  test('[AC7] a relay that starts again knows the same rights from the log', async () => {
    const { bed, document, content, guest, owner } = await shareWith('commenter')
    const again = createBed({ log: bed.log })
    const client = await again.connect(guest.person)
    const [answer] = only('subscribed', await client.say(subscribeTo(content)))
    expect(answer!.items[0]!.role).toBe('commenter')
    expect((await again.relay.sharing.rights(owner.person, document)).owner).toBe(owner.person)
  })
})

describe('links', () => {
  test('[AC4] the secret gives the role of the link, and nothing else does', async () => {
    const { bed, owner, document } = await shareWith('viewer')
    const { sharing } = bed.relay
    const person = bed.person()
    for (const wrong of [secretOf(2), '', 'x'.repeat(22), hashOf(secret)]) {
      await expectRefusal('link-invalid', sharing.claim(person, document, link, wrong, ''))
    }
    expect(await sharing.claim(person, document, link, secret, '')).toBe('viewer')
    const stored = JSON.stringify([...(await sharing.rights(owner.person, document)).links])
    expect(stored).toContain(hashOf(secret))
    expect(stored).not.toContain(secret)
  })

  test('[AC5] a withdrawn link opens nothing, and cannot be made again', async () => {
    const { bed, owner, document } = await shareWith('viewer')
    const { sharing } = bed.relay
    await sharing.withdrawLink(owner.person, document, link)
    await expectRefusal('link-invalid', sharing.claim(bed.person(), document, link, secret, ''))
    const again = sharing.makeLink(owner.person, document, link, 'viewer', hashOf(secret))
    await expectRefusal('bad-request', again)
  })
})

describe('keys', () => {
  test('[TK2] the first key whose hash is the person speaks for them, and no other', async () => {
    const bed = createBed()
    const { person, key, spki } = keyOf(bed)
    const other = keyOf(bed)
    await expectRefusal('ticket-invalid', bed.relay.people.admit(person, other.key, other.spki))
    await bed.relay.people.admit(person, key, spki)
    await bed.relay.people.admit(person, key, spki)
    await expectRefusal('ticket-invalid', bed.relay.people.admit(person, other.key, other.spki))
    const rights = await bed.relay.people.devices(person)
    expect([...rights.devices.keys()]).toEqual([keyName(key)])
    expect(rights.owner).toBe(person)
  })

  test('[TK2] a removed key speaks for nobody, and the last one stays', async () => {
    const bed = createBed()
    const { person, key, second } = await twoDevices(bed)
    await bed.relay.people.removeDevice(person, keyName(key.key))
    await expectRefusal('ticket-invalid', bed.relay.people.admit(person, key.key, key.spki))
    await bed.relay.people.admit(person, second.key, second.spki)
    const last = bed.relay.people.removeDevice(person, keyName(second.key))
    await expectRefusal('not-allowed', last)
  })

  test('[TK3] a device code works once', async () => {
    const bed = createBed()
    const { person } = await registered(bed)
    const code = await bed.relay.people.makeCode(person)
    const [second, third] = [keyOf(bed), keyOf(bed)]
    expect(await bed.relay.people.join(code.toLowerCase(), second.key, 'Laptop')).toBe(person)
    await bed.relay.people.admit(person, second.key, second.spki)
    await expectRefusal('code-invalid', bed.relay.people.join(code, third.key, ''))
  })

  test('[TK3] a device code runs out', async () => {
    const bed = createBed()
    const { person } = await registered(bed)
    const code = await bed.relay.people.makeCode(person)
    bed.pass(deviceCodeLifetimeMs)
    await expectRefusal('code-invalid', bed.relay.people.join(code, keyOf(bed).key, ''))
  })

  test('[AC8] the recovery key adds a key to its person, a wrong or replaced one adds nothing', async () => {
    const bed = createBed()
    const { people } = bed.relay
    const { person } = await registered(bed)
    await people.setRecovery(person, hashOf(secretOf(3)))
    const found = keyOf(bed)
    await expectRefusal('recovery-invalid', people.recover(secretOf(4), found.key, ''))
    await expectRefusal('recovery-invalid', people.recover('', found.key, ''))
    expect(await people.recover(secretOf(3), found.key, 'New')).toBe(person)
    await people.admit(person, found.key, found.spki)
    await people.setRecovery(person, hashOf(secretOf(5)))
    await expectRefusal('recovery-invalid', people.recover(secretOf(3), keyOf(bed).key, ''))
    const stored = await people.devices(person)
    expect(stored.recoveryHash).toBe(hashOf(secretOf(5)))
    expect(stored.devices.size).toBe(2)
    expect(await people.devices(bed.person())).toMatchObject({ owner: null })
    expect(libraryIdOf(person)).not.toBe(libraryIdOf(bed.person()))
  })
})

/** A document and a guest who came by a link of a role. */
async function shareWith(role: (typeof linkRoles)[number], ports: Partial<RelayPorts> = {}) {
  const bed = createBed(ports)
  const shared = await bed.share()
  const { owner, document } = shared
  await bed.relay.sharing.makeLink(owner.person, document, link, role, hashOf(secret))
  const guest = await bed.connect(bed.person())
  await bed.relay.sharing.claim(guest.person, document, link, secret, 'Guest')
  return { bed, ...shared, guest }
}

type Key = { readonly person: PersonId; readonly key: PublicKey; readonly spki: Uint8Array }

function keyOf(bed: Bed): Key {
  const spki = bed.random(91)
  const half = (): string => toBase64Url(bed.random(32))
  const key: PublicKey = { kty: 'EC', crv: 'P-256', x: half(), y: half() }
  return { person: personIdOf(spki), key, spki }
}

async function registered(bed: Bed): Promise<Key> {
  const key = keyOf(bed)
  await bed.relay.people.admit(key.person, key.key, key.spki)
  return key
}

async function twoDevices(bed: Bed): Promise<{ person: PersonId; key: Key; second: Key }> {
  const key = await registered(bed)
  const second = keyOf(bed)
  await bed.relay.people.join(await bed.relay.people.makeCode(key.person), second.key, 'Second')
  return { person: key.person, key, second }
}

async function expectRefusal(code: ErrorCode, call: Promise<unknown>): Promise<void> {
  const expected: Pick<Refusal, 'code'> = { code }
  await expect(call).rejects.toMatchObject(expected)
}

function secretOf(fill: number): string {
  return toBase64Url(new Uint8Array(secretBytes).fill(fill))
}

function hashOf(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'base64url')).digest('base64url')
}
