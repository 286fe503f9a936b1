// A person's device as the relay sees it: a key pair, tickets, and calls of the HTTP API.
import type { ErrorAnswer, NonceAnswer, TicketAnswer } from '../../sync-api/protocol/http'
import { paths, ticketProof } from '../../sync-api/protocol/http'
import {
  documentIdOf,
  idOf,
  personIdOf,
  toBase64Url,
  type DocumentId,
  type LinkId,
  type OutboxId,
  type PersonId,
  type WriterId
} from '../../sync-api/protocol/ids'
import { isPublicKey, type PublicKey } from '../../sync-api/protocol/rights'
import { decodeServerFrame, encodeClientMessage, joinFrame } from '../../sync-api/protocol/codec'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

export type Answer<T> = { readonly status: number; readonly body: T & Partial<ErrorAnswer> }

export type Device = {
  readonly person: PersonId
  readonly key: PublicKey
  /** Signs a text as a ticket's proof. */
  sign(text: string): Promise<string>
  /** A new ticket, got as the app gets it. */
  ticket(): Promise<string>
  /** Calls the API with a ticket. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>
  bulk(...messages: ClientMessage[]): Promise<ServerMessage[]>
}

/** A device with a new key. `person` is who it wants to speak for: by default who the key is. */
export async function createDevice(url: string, person?: PersonId): Promise<Device> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify'
  ])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const key: unknown = { kty, crv, x, y }
  if (!isPublicKey(key)) throw new Error('WebCrypto made a key of another form')
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  const device: Device = {
    person: person ?? personIdOf(spki),
    key,
    async sign(text) {
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const bytes = new TextEncoder().encode(text)
      return toBase64Url(
        new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, bytes))
      )
    },
    async ticket() {
      const { status, body } = await requestTicket(url, device)
      if (status !== 200) throw new Error(`No ticket: ${status} ${body.error}`)
      return body.ticket
    },
    async call(method, path, body) {
      return callApi(url, method, path, body, await device.ticket())
    },
    async bulk(...messages) {
      const response = await postFrame(url, messages, await device.ticket())
      if (response.status !== 200) throw new Error(`Bulk: ${response.status}`)
      return decodeServerFrame(new Uint8Array(await response.arrayBuffer()))
    }
  }
  return device
}

/** The two calls that give a ticket; `change` spoils the request. */
export async function requestTicket(
  url: string,
  device: Device,
  change: (request: Record<string, unknown>) => Record<string, unknown> = (request) => request
): Promise<Answer<TicketAnswer>> {
  const { body } = await callApi<NonceAnswer>(url, 'GET', paths.nonce)
  const signature = await device.sign(ticketProof(device.person, body.nonce))
  const request = { person: device.person, key: device.key, nonce: body.nonce, signature }
  return callApi(url, 'POST', paths.tickets, change(request))
}

/** One call of the API; without `ticket` as nobody. */
export async function callApi<T = unknown>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  ticket?: string,
  more: Readonly<Record<string, string>> = {}
): Promise<Answer<T>> {
  const headers = new Headers(more)
  if (ticket !== undefined) headers.set('Authorization', `Bearer ${ticket}`)
  if (body !== undefined && !headers.has('Content-Type')) {
    headers.set('Content-Type', 'application/json')
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: text })
  })
  const answer = await response.text()
  return { status: response.status, body: answer === '' ? {} : JSON.parse(answer) }
}

export function postFrame(
  url: string,
  messages: readonly ClientMessage[],
  ticket: string
): Promise<Response> {
  return fetch(url + paths.sync, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${ticket}`,
      'Content-Type': 'application/octet-stream'
    },
    body: joinFrame(messages.map(encodeClientMessage)).slice()
  })
}

/** A new document of a person's own: its id, and the nonce that proves it. */
export function newDocument(person: PersonId): { document: DocumentId; nonce: string } {
  const nonce = toBase64Url(crypto.getRandomValues(new Uint8Array(16)))
  return { document: documentIdOf(person, nonce), nonce }
}

export const newOutbox = (): OutboxId => idOf(crypto.getRandomValues(new Uint8Array(8)))
export const newWriter = (): WriterId => idOf(crypto.getRandomValues(new Uint8Array(8)))
export const newLink = (): LinkId => idOf(crypto.getRandomValues(new Uint8Array(8)))

/** A link's secret and the hash of it that the relay is given. */
export async function newSecret(): Promise<{ secret: string; hash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return { secret: toBase64Url(bytes), hash: toBase64Url(hash) }
}
