// Who may call what: every path, for everybody who might try.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { paths } from '../../sync-api/protocol/http'
import { toBase64Url, type DocumentId, type LinkId } from '../../sync-api/protocol/ids'
import { linkRoles, type Channel } from '../../sync-api/protocol/roles'
import { startHost, type TestHost } from '../host'
import { beginning, pushOf, shareDocument, subscribeTo, type SharedDocument } from './bed'
import { connect } from './client'
import {
  callApi,
  createDevice,
  newDocument,
  newLink,
  newOutbox,
  newSecret,
  type Device
} from './device'

const callers = ['anonymous', 'stranger', 'viewer', 'commenter', 'editor', 'owner'] as const
type Caller = (typeof callers)[number]
type Call = {
  readonly what: string
  readonly method: string
  path(document: DocumentId, link: LinkId, device: Device): string
  body?(): Promise<unknown>
  /** Statuses in the order of `callers`. */
  readonly expected: readonly number[]
}

let host: TestHost
let shared: SharedDocument
let link: LinkId
const devices = new Map<Caller, Device>()
beforeAll(async () => {
  host = await startHost()
  shared = await shareDocument(host.url)
  devices.set('owner', shared.owner)
  devices.set('stranger', await createDevice(host.url))
  for (const role of linkRoles) {
    const invited = await shared.invite(role)
    devices.set(role, invited.guest)
    link = invited.link
  }
})
afterAll(() => host.stop())

const hash = toBase64Url(new Uint8Array(32))

const ownersOnly = [401, 404, 403, 403, 403]
const anybody = [401, 200, 200, 200, 200, 200]
const table: readonly Call[] = [
  {
    what: 'see who has access',
    method: 'GET',
    path: (document) => paths.rights(document),
    expected: [...ownersOnly, 200]
  },
  {
    what: 'make a link',
    method: 'POST',
    path: (document) => paths.links(document),
    body: async () => ({ link: newLink(), role: 'viewer', hash: (await newSecret()).hash }),
    expected: [...ownersOnly, 204]
  },
  {
    what: 'grant a role',
    method: 'PUT',
    path: (document) => paths.person(document, newDocument(shared.owner.person).document as never),
    body: async () => ({ role: 'viewer', name: 'Somebody' }),
    expected: [...ownersOnly, 204]
  },
  {
    what: 'withdraw a person who has nothing',
    method: 'DELETE',
    path: (document) => paths.person(document, newDocument(shared.owner.person).document as never),
    expected: [...ownersOnly, 204]
  },
  {
    what: 'open a link with a wrong secret',
    method: 'POST',
    path: (document) => paths.claims(document),
    body: async () => ({ link, secret: (await newSecret()).secret, name: 'Guess' }),
    expected: [401, 403, 403, 403, 403, 403]
  },
  { what: 'list own devices', method: 'GET', path: () => paths.devices, expected: anybody },
  { what: 'make a device code', method: 'POST', path: () => paths.codes, expected: anybody },
  {
    what: 'set a recovery key',
    method: 'PUT',
    path: () => paths.recovery,
    body: async () => ({ hash: (await newSecret()).hash }),
    expected: [401, 204, 204, 204, 204, 204]
  },
  {
    what: 'call a path that is none',
    method: 'GET',
    path: () => '/api/nothing',
    expected: [404, 404, 404, 404, 404, 404]
  },
  // Last: it takes a role from those who came by this link.
  {
    what: 'withdraw a link',
    method: 'DELETE',
    path: (document) => paths.link(document, link),
    expected: [...ownersOnly, 204]
  }
]

describe.each(table)('$what', (call) => {
  test.each(callers.map((caller, at) => ({ caller, status: call.expected[at] })))(
    '$caller is answered $status',
    async ({ caller, status }) => {
      const device = devices.get(caller)
      const path = call.path(shared.document, link, device ?? shared.owner)
      const body = await call.body?.()
      const ticket = await device?.ticket()
      expect(await callApi(host.url, call.method, path, body, ticket)).toMatchObject({ status })
    }
  )
})

test('a document that does not exist and one without access are answered alike', async () => {
  const stranger = await createDevice(host.url)
  const unknown = newDocument(stranger.person).document
  for (const path of [paths.rights, paths.links, paths.claims]) {
    const method = path === paths.rights ? 'GET' : 'POST'
    const { secret } = await newSecret()
    const body =
      path === paths.rights
        ? undefined
        : { link: newLink(), role: 'viewer', hash, secret, name: 'Guess' }
    const [there, nowhere] = await Promise.all(
      [shared.document, unknown].map((document) => stranger.call(method, path(document), body))
    )
    expect(there).toEqual(nowhere)
  }
})

describe('pushes and pulls', () => {
  const mayWrite: Record<Exclude<Caller, 'anonymous'>, readonly Channel[]> = {
    stranger: [],
    viewer: [],
    commenter: ['comments'],
    editor: ['content', 'comments'],
    owner: ['content', 'comments']
  }
  let fresh: SharedDocument
  const people = new Map<string, Device>()
  beforeAll(async () => {
    fresh = await shareDocument(host.url)
    people.set('owner', fresh.owner)
    people.set('stranger', await createDevice(host.url))
    for (const role of linkRoles) people.set(role, (await fresh.invite(role)).guest)
  })

  const cases = Object.entries(mayWrite).flatMap(([caller, allowed]) =>
    (['content', 'comments', 'rights'] as const).map((channel) => ({
      caller,
      channel,
      answer: allowed.includes(channel) ? 'ack' : 'refused'
    }))
  )

  test.each(cases)('over HTTP: $caller pushing $channel is answered $answer', async (one) => {
    const device = people.get(one.caller)!
    const ref = { document: fresh.document, channel: one.channel }
    const [answer] = await device.bulk(pushOf(ref, newOutbox(), 1, 'one', device.person))
    expect(answer).toMatchObject({ type: one.answer, ...ref })
  })

  test.each(cases)('over a socket: $caller pushing $channel is answered $answer', async (one) => {
    const device = people.get(one.caller)!
    const ref = { document: fresh.document, channel: one.channel }
    const client = await connect(host.url, await device.ticket())
    client.say(subscribeTo(fresh.document, one.channel))
    await client.hear('subscribed')
    client.say(pushOf(ref, newOutbox(), 1, 'one', device.person))
    expect(await client.next()).toMatchObject({ type: one.answer, ...ref })
    await client.close()
  })

  test('a stranger pulls nothing', async () => {
    const ref = { document: fresh.document, channel: 'content' } as const
    await fresh.owner.bulk(pushOf(ref, newOutbox(), 1))
    const answers = await people.get('stranger')!.bulk({ type: 'pull', ...ref, cursor: beginning })
    expect(answers.filter(({ type }) => type === 'catch-up')).toEqual([])
  })

  test('only the owner pulls who has access', async () => {
    const pull = {
      type: 'pull',
      document: fresh.document,
      channel: 'rights',
      cursor: beginning
    } as const
    for (const [caller, device] of people) {
      const answers = await device.bulk(pull)
      expect(answers.some(({ type }) => type === 'catch-up')).toBe(caller === 'owner')
    }
  })
})
