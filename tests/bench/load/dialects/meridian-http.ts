// Meridian's HTTP side for the load generator: tickets, rights, bulk calls.
import { webcrypto } from 'node:crypto'
import {
  decodeServerFrame,
  encodeClientMessage,
  joinFrame
} from '../../../../sync-api/protocol/codec'
import {
  paths,
  ticketProof,
  type GrantRequest,
  type NonceAnswer,
  type TicketAnswer,
  type TicketRequest
} from '../../../../sync-api/protocol/http'
import { toBase64Url } from '../../../../sync-api/protocol/ids'
import type { ClientMessage, ServerMessage } from '../../../../sync-api/protocol/messages'
import type { BenchDocument } from '../dialect'
import type { Person } from '../people'

type Held = { readonly ticket: string; readonly until: number }
const tickets = new Map<string, Held>()

/** A ticket with at least half its life left. */
export async function ticketOf(origin: string, person: Person): Promise<string> {
  const name = `${origin} ${person.id}`
  const held = tickets.get(name)
  if (held && held.until > performance.now()) return held.ticket
  const { ticket, lifetimeMs } = await askTicket(origin, person)
  tickets.set(name, { ticket, until: performance.now() + lifetimeMs / 2 })
  return ticket
}

async function askTicket(origin: string, person: Person): Promise<TicketAnswer> {
  const { nonce } = (await (await call(origin + paths.nonce)).json()) as NonceAnswer
  const proof = new TextEncoder().encode(ticketProof(person.id, nonce))
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await webcrypto.subtle.sign(algorithm, person.keys.privateKey, proof)
  const { x, y } = await webcrypto.subtle.exportKey('jwk', person.keys.publicKey)
  if (x === undefined || y === undefined) throw new Error('A public key without coordinates')
  const request: TicketRequest = {
    person: person.id,
    key: { kty: 'EC', crv: 'P-256', x, y },
    nonce,
    signature: toBase64Url(new Uint8Array(signature))
  }
  const answer = await call(origin + paths.tickets, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request)
  })
  return (await answer.json()) as TicketAnswer
}

/** One bulk call: messages in, answers out. */
export async function bulk(
  origin: string,
  person: Person,
  messages: readonly ClientMessage[]
): Promise<{ readonly answers: readonly ServerMessage[]; readonly bytes: number }> {
  const answer = await call(origin + paths.sync, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/octet-stream',
      Authorization: `Bearer ${await ticketOf(origin, person)}`
    },
    body: joinFrame(messages.map(encodeClientMessage)).slice()
  })
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return { answers: decodeServerFrame(bytes), bytes: bytes.length }
}

/** Makes the document at the relay and gives everybody but its owner the right to write. */
export async function admit(
  origin: string,
  document: BenchDocument,
  people: readonly Person[]
): Promise<void> {
  const item = { document: document.id, channel: 'content', nonce: document.nonce } as const
  await bulk(origin, document.owner, [
    { type: 'subscribe', items: [{ ...item, cursor: new Uint8Array(0) }] }
  ])
  for (const person of people) {
    if (person.id === document.owner.id) continue
    const grant: GrantRequest = { role: 'editor', name: 'Somebody' }
    await call(origin + paths.person(document.id, person.id), {
      method: 'PUT',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${await ticketOf(origin, document.owner)}`
      },
      body: JSON.stringify(grant)
    })
  }
}

async function call(url: string, request: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, request)
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return answer
}
