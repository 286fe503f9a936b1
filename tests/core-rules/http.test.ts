// The HTTP API without a server: tickets, bulk sync, and what is refused before it is acted on.
import { describe, expect, test } from 'vitest'
import { createApi } from '../../sync-api/http/api'
import { createOrigins } from '../../sync-api/http/origins'
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../sync-api/protocol/codec'
import { errorCodes } from '../../sync-api/protocol/errors'
import { paths, ticketProof, type TicketRequest } from '../../sync-api/protocol/http'
import { bulkBytesMax, nonceLifetimeMs } from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { createDevice, type Device } from '../wire/device'
import { createBed, hello, link, nonce, only, pullFrom, pushOf, subscribeTo, type Bed } from './bed'

type Answer = { readonly status: number; readonly body: Record<string, unknown> }

describe('tickets', () => {
  test('[TK1] a nonce of this relay, signed by the key of the person, gives a ticket', async () => {
    const place = createPlace()
    const device = await createDevice('')
    const { status, body } = await place.requestTicket(device)
    expect(status).toBe(200)
    const claims = await place.bed.tickets.verify(String(body['ticket']))
    expect(claims?.person).toBe(device.person)
  })

  test('[TK1] a nonce that ran out, was spent or is another relay’s gives none', async () => {
    const place = createPlace()
    const device = await createDevice('')
    const old = await place.nonce()
    place.bed.pass(nonceLifetimeMs + 1)
    const spent = await place.nonce()
    await place.requestTicket(device, { nonce: spent })
    const foreign = await createPlace(new Uint8Array(32).fill(9)).nonce()
    for (const given of [old, spent, foreign]) {
      const { status, body } = await place.requestTicket(device, { nonce: given })
      expect(status).toBe(401)
      expect(body).toMatchObject({ error: 'ticket-expired' })
    }
  })

  test('[TK1] a signature of another key, person or text gives none', async () => {
    const place = createPlace()
    const [device, other] = [await createDevice(''), await createDevice('')]
    await place.requestTicket(other)
    const given = await place.nonce()
    const signature = await other.sign(ticketProof(device.person, given))
    const wrong: Partial<TicketRequest>[] = [
      { nonce: given, signature },
      { signature: await device.sign('another text') },
      { key: other.key },
      { person: other.person }
    ]
    for (const change of wrong) {
      const { status, body } = await place.requestTicket(device, change)
      expect({ status, body }).toMatchObject({ status: 401, body: { error: 'ticket-invalid' } })
    }
  })
})

describe('bulk sync', () => {
  test('[HT1] one frame is answered by one frame, as the socket would answer', async () => {
    const place = createPlace()
    const { owner, content } = await place.bed.share()
    const messages = [
      subscribeTo(content),
      pushOf(content, 1),
      pushOf(content, 1),
      pullFrom(content)
    ]
    const { answers } = await place.sync(owner.person, messages)
    expect(answers.map((one) => one.type)).toEqual(['subscribed', 'ack', 'ack', 'catch-up'])
    expect(only('catch-up', answers)[0]!.entries).toHaveLength(1)
    expect(only('entry', await owner.hear())).toHaveLength(1)
  })

  test('[HT1] a document is created over HTTP too', async () => {
    const place = createPlace()
    const { owner, content } = await place.bed.share()
    const stranger = place.bed.person()
    const asStranger = await place.sync(stranger, [subscribeTo(content, nonce)])
    const asOwner = await place.sync(owner.person, [subscribeTo(content, nonce)])
    expect(only('subscribed', asStranger.answers)[0]!.items[0]!.role).toBeNull()
    expect(only('subscribed', asOwner.answers)[0]!.items[0]!.role).toBe('owner')
  })

  test('[HT1] what only a socket may say is refused, and with it all of the frame', async () => {
    const place = createPlace()
    const { owner, content } = await place.bed.share()
    const { status, body } = await place.sync(owner.person, [pushOf(content, 1), hello])
    expect({ status, body }).toMatchObject({ status: 400, body: { error: 'bad-request' } })
    expect((await place.bed.log.head(content)).unfoldedEntries).toBe(0)
  })
})

describe('failures', () => {
  test('[HT2] every refusal is a code and a sentence to act on', async () => {
    const place = createPlace()
    const { owner, document } = await place.bed.share()
    const stranger = place.bed.person()
    const { key } = await createDevice('')
    const refused: [Promise<Answer>, number][] = [
      [place.call('GET', '/api/nowhere'), 404],
      [place.call('GET', paths.devices), 401],
      [place.call('GET', paths.rights(document), undefined, stranger), 404],
      [place.call('POST', paths.join, { code: 'WRONG000', key, name: '' }), 403],
      [place.call('DELETE', paths.link(document, link), undefined, owner.person), 404]
    ]
    for (const [call, expected] of refused) {
      const { status, body } = await call
      expect(Object.keys(errorCodes)).toContain(body['error'])
      expect(body['message']).toMatch(/^[A-Z].*\.$/)
      expect(status).toBe(expected)
    }
  })

  test('[HT3] a body beyond its limit is refused', async () => {
    const place = createPlace()
    const { owner } = await place.bed.share()
    const frame = await place.post(owner.person, new Uint8Array(bulkBytesMax + 1))
    expect(frame).toMatchObject({ status: 413, body: { error: 'too-large' } })
    const long = { name: 'x'.repeat(200_000) }
    const json = await place.call('POST', paths.recover, long)
    expect(json).toMatchObject({ status: 413, body: { error: 'too-large' } })
  })

  test('[HT3] a body of another form is refused before it is acted on', async () => {
    const place = createPlace()
    const { owner, document } = await place.bed.share()
    const bodies = [
      'no json',
      '[]',
      '{}',
      JSON.stringify({ link, role: 'owner', hash: 'h'.repeat(43) }),
      JSON.stringify({ link, role: 'viewer', hash: 'short' }),
      JSON.stringify({ link: 'x', role: 'viewer', hash: 'h'.repeat(43) })
    ]
    for (const body of bodies) {
      const answer = await place.call('POST', paths.links(document), body, owner.person)
      expect(answer).toMatchObject({ status: 400, body: { error: 'bad-request' } })
    }
    const frame = await place.post(owner.person, new Uint8Array([9, 9, 9]))
    expect(frame).toMatchObject({ status: 400, body: { error: 'bad-frame' } })
    expect((await place.bed.relay.sharing.rights(owner.person, document)).links.size).toBe(0)
  })
})

type Person = Parameters<Bed['open']>[0]

/** The API over a relay in memory. */
function createPlace(nonceKey = new Uint8Array(32).fill(1)) {
  const bed = createBed()
  const api = createApi({
    relay: bed.relay,
    tickets: bed.tickets,
    clock: { now: bed.now },
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    nonceKey,
    origins: createOrigins([], false),
    log: {
      answered: () => undefined,
      failed: ({ failure }) => expect.unreachable(String(failure))
    },
    ready: () => true,
    trouble: () => Promise.resolve(null)
  })

  async function send(path: string, init: RequestInit, person?: Person): Promise<Response> {
    const headers = new Headers(init.headers)
    if (person !== undefined) {
      headers.set('Authorization', `Bearer ${await bed.tickets.issue(person)}`)
    }
    return api.request(path, { ...init, headers }, { address: '127.0.0.1' })
  }

  async function call(
    method: string,
    path: string,
    body?: unknown,
    person?: Person
  ): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { 'Content-Type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: text }
    return answerOf(await send(path, init, person))
  }

  const postFrame = (person: Person, body: Uint8Array): Promise<Response> => {
    const headers = { 'Content-Type': 'application/octet-stream' }
    return send(paths.sync, { method: 'POST', headers, body: body.slice() }, person)
  }

  async function sync(
    person: Person,
    messages: readonly ClientMessage[]
  ): Promise<Answer & { readonly answers: readonly ServerMessage[] }> {
    const response = await postFrame(person, joinFrame(messages.map(encodeClientMessage)))
    if (response.status !== 200) return { ...(await answerOf(response)), answers: [] }
    const bytes = new Uint8Array(await response.arrayBuffer())
    return { status: 200, body: {}, answers: decodeServerFrame(bytes) }
  }

  const nonceOf = async (): Promise<string> =>
    String((await call('GET', paths.nonce)).body['nonce'])

  async function requestTicket(
    device: Device,
    change: Partial<TicketRequest> = {}
  ): Promise<Answer> {
    const given = change.nonce ?? (await nonceOf())
    const signature = await device.sign(ticketProof(device.person, given))
    const { person, key } = device
    return call('POST', paths.tickets, { person, key, nonce: given, signature, ...change })
  }

  const post = async (person: Person, body: Uint8Array): Promise<Answer> =>
    answerOf(await postFrame(person, body))

  return { bed, call, sync, post, nonce: nonceOf, requestTicket }
}

async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}
