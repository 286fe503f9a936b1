// Rights: the table of roles, and what entries of a rights channel add up to.
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../sync-api/protocol/errors'
import { idOf, type LinkId, type PersonId } from '../../sync-api/protocol/ids'
import {
  decodeRightsEntry,
  encodeRightsEntry,
  isName,
  keyName,
  noRights,
  roleOf,
  withEntry,
  type RightsEntry
} from '../../sync-api/protocol/rights'
import {
  channels,
  linkRoles,
  mayRead,
  mayWrite,
  roles,
  stronger,
  type Role
} from '../../sync-api/protocol/roles'

const owner = idOf<PersonId>(new Uint8Array(16).fill(1))
const guest = idOf<PersonId>(new Uint8Array(16).fill(2))
const link = idOf<LinkId>(new Uint8Array(8).fill(3))
const otherLink = idOf<LinkId>(new Uint8Array(8).fill(4))
const hash = 'h'.repeat(43)
const key = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) } as const
const stamp = { at: 1, by: owner }

const created: RightsEntry = { ...stamp, kind: 'created' }
const linkMade: RightsEntry = { ...stamp, kind: 'link-made', link, role: 'editor', hash }
const linkWithdrawn: RightsEntry = { ...stamp, kind: 'link-withdrawn', link }
const granted = (role: Role, by: LinkId | null): RightsEntry => ({
  ...stamp,
  kind: 'granted',
  person: guest,
  role,
  link: by,
  name: 'Guest'
})
const withdrawn: RightsEntry = { ...stamp, kind: 'withdrawn', person: guest }

const sum = (...entries: RightsEntry[]) => entries.reduce(withEntry, noRights)

describe('roles', () => {
  test.each([
    [null, '', ''],
    ['viewer', 'content comments', ''],
    ['commenter', 'content comments', 'comments'],
    ['editor', 'content comments', 'content comments'],
    ['owner', 'content comments rights', 'content comments']
  ] as const)('[AC1] %s reads [%s] and writes [%s]', (role, reads, writes) => {
    expect(channels.filter((channel) => mayRead(role, channel)).join(' ')).toBe(reads)
    expect(channels.filter((channel) => mayWrite(role, channel)).join(' ')).toBe(writes)
  })

  test('[AC5] the stronger of two roles counts, in either order', () => {
    for (const [at, role] of roles.entries()) {
      expect(stronger(role, null)).toBe(role)
      expect(stronger(null, role)).toBe(role)
      for (const weaker of roles.slice(0, at + 1)) {
        expect(stronger(role, weaker)).toBe(role)
        expect(stronger(weaker, role)).toBe(role)
      }
    }
    expect(stronger(null, null)).toBeNull()
  })

  test('a link never gives ownership', () => {
    expect(linkRoles).not.toContain('owner')
  })
})

describe('what entries add up to', () => {
  test('[AC7] the first created names the owner, a later one changes nothing', () => {
    const rights = sum(created, { ...created, by: guest })
    expect(rights.owner).toBe(owner)
    expect(roleOf(rights, guest)).toBeNull()
  })

  test('[AC7] the last grant of a person stands', () => {
    expect(roleOf(sum(created, granted('editor', null), granted('viewer', null)), guest)).toBe(
      'viewer'
    )
    expect(roleOf(sum(created, withdrawn, granted('viewer', null)), guest)).toBe('viewer')
    expect(roleOf(sum(created, granted('viewer', null), withdrawn), guest)).toBeNull()
  })

  test('[AC5] withdrawing a link withdraws what it gave and leaves other roles', () => {
    const byLink = [created, linkMade, granted('editor', link)]
    expect(roleOf(sum(...byLink), guest)).toBe('editor')
    expect(roleOf(sum(...byLink, linkWithdrawn), guest)).toBeNull()
    expect(roleOf(sum(...byLink, granted('viewer', null), linkWithdrawn), guest)).toBe('viewer')
  })

  test('[AC5] a withdrawn link stays withdrawn', () => {
    const rights = sum(created, linkMade, granted('editor', link), linkWithdrawn, linkMade)
    expect(rights.links.get(link)?.withdrawn).toBe(true)
    expect(roleOf(rights, guest)).toBeNull()
  })

  test('[AC5] the strongest of several grants counts', () => {
    const second = { ...linkMade, link: otherLink, role: 'viewer' } as const
    const all = [created, linkMade, second, granted('editor', link), granted('viewer', otherLink)]
    expect(roleOf(sum(...all), guest)).toBe('editor')
    expect(roleOf(sum(...all, linkWithdrawn), guest)).toBe('viewer')
  })

  test('a grant by a link that was never made gives nothing', () => {
    expect(roleOf(sum(created, granted('editor', link)), guest)).toBeNull()
    expect(sum(created, linkWithdrawn)).toEqual(sum(created))
  })

  test('[AC7] devices come and go, and the last recovery key stands', () => {
    const added: RightsEntry = { ...stamp, kind: 'device-added', key, name: 'Laptop' }
    const removed: RightsEntry = { ...stamp, kind: 'device-removed', key }
    const recovery: RightsEntry = { ...stamp, kind: 'recovery-set', hash }
    expect([...sum(added, recovery).devices.keys()]).toEqual([keyName(key)])
    expect(sum(added, removed).devices.size).toBe(0)
    expect(sum(recovery, { ...recovery, hash: 'g'.repeat(43) }).recoveryHash).toBe('g'.repeat(43))
  })
})

describe('stored bytes', () => {
  const all: RightsEntry[] = [
    created,
    linkMade,
    linkWithdrawn,
    granted('owner', null),
    granted('viewer', link),
    withdrawn,
    { ...stamp, kind: 'device-added', key, name: '' },
    { ...stamp, kind: 'device-removed', key },
    { ...stamp, kind: 'recovery-set', hash },
    { ...stamp, kind: 'schema-raised', major: 2 }
  ]

  test('every kind of entry is read as it was written', () => {
    for (const entry of all) expect(decodeRightsEntry(encodeRightsEntry(entry))).toEqual(entry)
  })

  test('an entry with any member of a wrong form is refused', () => {
    for (const entry of all) {
      for (const member of Object.keys(entry).filter((name) => name !== 'name')) {
        for (const wrong of [undefined, 1.5, 'x', [], {}]) {
          const bytes = Buffer.from(JSON.stringify({ ...entry, [member]: wrong }))
          expect(() => decodeRightsEntry(bytes), `${entry.kind} ${member}`).toThrow(ProtocolError)
        }
      }
    }
  })

  test.each(['', 'null', '[]', '{', '\xff', `"${'x'.repeat(3_000)}"`])(
    'the text %j is no entry',
    (text) => {
      expect(() => decodeRightsEntry(Buffer.from(text, 'latin1'))).toThrow(ProtocolError)
    }
  )

  test('a name is at most 60 characters and holds no control character', () => {
    expect(isName('Ada Lovelace') && isName('') && isName('x'.repeat(60))).toBe(true)
    for (const name of ['x'.repeat(61), 'a\nb', 'a\u0000', null, 7])
      expect(isName(name)).toBe(false)
  })
})
