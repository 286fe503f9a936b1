// Who this device speaks for, and what it proves to the relay.
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../app/identity/call'
import { openIdentity } from '../../app/identity/keys'
import { createTickets } from '../../app/identity/ticket'
import { openDatabase } from '../../app/store/database'
import { paths, ticketProof, type TicketRequest } from '../../sync-api/protocol/http'
import { fromBase64Url, personIdOf } from '../../sync-api/protocol/ids'

describe('the identity of a device', () => {
  test('is one, although two tabs start at once, and the same at the next start', async () => {
    const tabs = [1, 2].map(() => openDatabase(() => undefined, 'identity-race'))
    const [one, other] = await Promise.all(tabs.map(openIdentity))
    expect(one!.person).toBe(other!.person)
    expect(one!.publicKey).toEqual(other!.publicKey)
    for (const database of tabs) database.close()
    const again = openDatabase(() => undefined, 'identity-race')
    expect((await openIdentity(again)).device).toBe(one!.device)
    again.close()
  })

  test('is the hash of its public key, and the private one cannot be taken out', async () => {
    const database = openDatabase(() => undefined, 'identity-key')
    const { person } = await openIdentity(database)
    const { keys } = (await database.keys.get('current'))!
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))
    expect(person).toBe(personIdOf(spki))
    await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow()
    database.close()
  })
})

describe('tickets', () => {
  test('are asked for with a signature of the relay’s nonce', async () => {
    const { ticket, requests } = await createBed('signature')
    expect(await ticket(false)).toEqual({ kind: 'ticket', ticket: 'ticket-1' })
    const { person, key, nonce, signature } = requests[0]!
    const publicKey = await crypto.subtle.importKey('jwk', key, ecdsa, true, ['verify'])
    const proof = new TextEncoder().encode(ticketProof(person, nonce))
    const bytes = new Uint8Array(fromBase64Url(signature))
    expect(await crypto.subtle.verify(sha256, publicKey, bytes, proof)).toBe(true)
  })

  test('are kept until shortly before their end, and asked for once by many', async () => {
    const bed = await createBed('kept')
    await Promise.all([bed.ticket(false), bed.ticket(false), bed.ticket(false)])
    expect(bed.requests).toHaveLength(1)
    bed.time += 500_000
    expect(await bed.ticket(false)).toEqual({ kind: 'ticket', ticket: 'ticket-1' })
    expect(await bed.ticket(true)).toEqual({ kind: 'ticket', ticket: 'ticket-2' })
    bed.time += 541_000
    expect(await bed.ticket(false)).toEqual({ kind: 'ticket', ticket: 'ticket-3' })
  })

  test('that are refused say so, and a relay that is away is worth another try', async () => {
    const bed = await createBed('refused')
    bed.answer = () => json({ error: 'ticket-invalid', message: 'Unknown device.' }, 401)
    expect(await bed.ticket(true)).toEqual({ kind: 'refused' })
    bed.answer = () => {
      throw new TypeError('Failed to fetch')
    }
    await expect(bed.ticket(true)).rejects.toMatchObject({ code: 'offline' })
    bed.answer = () => new Response('<h1>Bad gateway</h1>', { status: 502 })
    await expect(bed.ticket(true)).rejects.toMatchObject({ code: 'offline' })
    bed.answer = null
    expect(await bed.ticket(true)).toMatchObject({ kind: 'ticket' })
  })
})

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }
const sha256 = { name: 'ECDSA', hash: 'SHA-256' }

type Bed = {
  readonly requests: TicketRequest[]
  readonly ticket: ReturnType<typeof createTickets>
  time: number
  /** Answers instead of the relay, if given. */
  answer: (() => Response) | null
}

async function createBed(name: string): Promise<Bed> {
  const database = openDatabase(() => undefined, `tickets-${name}`)
  const identity = await openIdentity(database)
  database.close()
  const requests: TicketRequest[] = []
  const fetch: Fetch = async (url, init) => {
    if (bed.answer !== null) return bed.answer()
    if (url.endsWith(paths.nonce)) return json({ nonce: 'nonce' }, 200)
    requests.push(JSON.parse(String(init.body)) as TicketRequest)
    return json({ ticket: `ticket-${requests.length}`, lifetimeMs: 600_000 }, 200)
  }
  const options = { identity, fetch, origin: 'http://relay', now: () => bed.time }
  const bed: Bed = { requests, ticket: createTickets(options), time: 1_000, answer: null }
  return bed
}

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' }
  })
}
