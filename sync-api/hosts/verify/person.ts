// A stranger to the deployment: a key made for this run, its tickets, and calls with them.
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../protocol/codec'
import { paths, protocolHeader, ticketProof } from '../../protocol/http'
import { personIdOf, toBase64Url, type PersonId } from '../../protocol/ids'
import { ticketLengthMax } from '../../protocol/limits'
import type { ClientMessage, ServerMessage } from '../../protocol/messages'
import { isPublicKey, type PublicKey } from '../../protocol/rights'
import { protocolVersion } from '../../protocol/version'
import { expect, sentenceOf, Wrong } from './report'
import { beginningOf, jsonOf, type Answer, type Target } from './target'

export type Person = {
  readonly id: PersonId
  readonly key: PublicKey
  /** Signs a text as a ticket's proof. */
  sign(text: string): Promise<string>
  /** A ticket with half of its life before it. */
  ticket(): Promise<string>
  /** Another ticket than the one that is kept. */
  newTicket(): Promise<string>
  /** A JSON call with a ticket. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /** What the relay answers to these over HTTP. */
  bulk(...messages: ClientMessage[]): Promise<ServerMessage[]>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export async function createPerson(target: Target): Promise<Person> {
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const key: unknown = { kty, crv, x, y }
  if (!isPublicKey(key)) throw new Error('WebCrypto made a key of another form')
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  let kept: { readonly ticket: string; readonly goodUntil: number } | null = null
  const renew = async (): Promise<string> => {
    const answer = await requestTicket(target, person)
    const given = ticketOf(answer)
    kept = { ticket: given.ticket, goodUntil: performance.now() + given.lifetimeMs / 2 }
    return given.ticket
  }
  const person: Person = {
    id: personIdOf(spki),
    key,
    async sign(text) {
      const bytes = new TextEncoder().encode(text)
      const signature = await crypto.subtle.sign(algorithm, pair.privateKey, bytes)
      return toBase64Url(new Uint8Array(signature))
    },
    async ticket() {
      return kept !== null && performance.now() < kept.goodUntil ? kept.ticket : renew()
    },
    newTicket: renew,
    async call(method, path, body) {
      const headers = { Authorization: `Bearer ${await person.ticket()}` }
      if (body === undefined) return target.ask(path, { method, headers })
      const text = JSON.stringify(body)
      return target.ask(path, { method, headers: { ...headers, ...json }, body: text })
    },
    async bulk(...messages) {
      const answer = await postFrame(target, joinFrame(messages.map(encodeClientMessage)), person)
      expectStatus(answer, 200)
      return decoded(answer.bytes)
    }
  }
  return person
}

const json = { 'Content-Type': 'application/json' }

/** Posts a frame to the bulk path; whatever comes of it. */
export async function postFrame(
  target: Target,
  frame: Uint8Array,
  person: Person
): Promise<Answer> {
  return target.ask(paths.sync, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await person.ticket()}`,
      'Content-Type': 'application/octet-stream',
      [protocolHeader]: String(protocolVersion)
    },
    body: frame.slice()
  })
}

/** The nonce call and the ticket call; `change` spoils the request between them. */
export async function requestTicket(
  target: Target,
  person: Pick<Person, 'id' | 'key' | 'sign'>,
  change: (request: Record<string, unknown>) => Record<string, unknown> = (request) => request
): Promise<Answer> {
  const nonce = await target.ask(paths.nonce)
  expectStatus(nonce, 200)
  const given = jsonOf(nonce).nonce
  expect(typeof given === 'string' && given.length <= 128, 'the nonce is no short text')
  const signature = await person.sign(ticketProof(person.id, given))
  const request = { person: person.id, key: person.key, nonce: given, signature }
  const body = JSON.stringify(change(request))
  return target.ask(paths.tickets, { method: 'POST', headers: json, body })
}

function ticketOf(answer: Answer): { readonly ticket: string; readonly lifetimeMs: number } {
  expectStatus(answer, 200)
  const { ticket, lifetimeMs } = jsonOf(answer)
  const usable = typeof ticket === 'string' && ticket.length <= ticketLengthMax
  expect(usable && /^[\w.-]+$/.test(ticket), 'the answer holds no ticket')
  expect(typeof lifetimeMs === 'number' && lifetimeMs > 0, 'the answer says no life of the ticket')
  return { ticket, lifetimeMs }
}

/** Throws Wrong unless the answer has the status; says what it had instead. */
export function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status) throw new Wrong(`answered ${saidBy(answer)}, not ${status}`)
}

/** An answer in a few words: its status, and what it says of an error or where it points. */
export function saidBy(answer: Answer): string {
  const location = answer.headers.get('Location')
  if (location !== null) return `${answer.status} (go to ${beginningOf(location)})`
  if (answer.status < 400) return String(answer.status)
  try {
    const { error, message } = jsonOf(answer)
    return `${answer.status} (${beginningOf(String(error ?? message))})`
  } catch {
    return `${answer.status} ("${beginningOf(new TextDecoder().decode(answer.bytes))}")`
  }
}

function decoded(bytes: Uint8Array): ServerMessage[] {
  try {
    return decodeServerFrame(bytes)
  } catch (failure) {
    throw new Wrong(`the answer is not of the protocol: ${sentenceOf(failure)}`)
  }
}
