// The HTTP side of the contract: paths, request and answer bodies. JSON unless said otherwise.
import type { ErrorCode } from './errors'
import type { DocumentId, LinkId, PersonId } from './ids'
import type { PublicKey } from './rights'
import type { LinkRole, Role } from './roles'

/** Of a call of `paths.sync`: the version of the wire that the caller speaks. */
export const protocolHeader = 'Meridian-Protocol'

/** Paths of the API. Everything but `nonce`, `tickets`, `recover` and `join` needs a ticket. */
export const paths = {
  socket: '/ws',
  /** GET: NonceAnswer. */
  nonce: '/api/nonce',
  /** POST TicketRequest: TicketAnswer. Registers a person at their first ticket. */
  tickets: '/api/tickets',
  /** POST octet-stream, a frame of ClientMessages (subscribe, push, pull): a frame of answers. */
  sync: '/api/sync',
  /** GET: RightsAnswer, for the owner. */
  rights: (document: DocumentId) => `/api/documents/${document}/rights`,
  /** POST LinkRequest. */
  links: (document: DocumentId) => `/api/documents/${document}/links`,
  /** DELETE: withdraws the link and what it gave. */
  link: (document: DocumentId, link: LinkId) => `/api/documents/${document}/links/${link}`,
  /** POST ClaimRequest: ClaimAnswer. What opening a link does. */
  claims: (document: DocumentId) => `/api/documents/${document}/claims`,
  /** PUT GrantRequest, DELETE: what one person may do. */
  person: (document: DocumentId, person: PersonId) => `/api/documents/${document}/people/${person}`,
  /** PUT RecoveryRequest. */
  recovery: '/api/people/recovery',
  /** POST RecoverRequest: JoinAnswer. */
  recover: '/api/people/recover',
  /** POST: CodeAnswer. */
  codes: '/api/people/codes',
  /** POST JoinRequest: JoinAnswer. */
  join: '/api/people/join',
  /** GET: DevicesAnswer. */
  devices: '/api/people/devices',
  /** DELETE: a device's key stops speaking for the person. `key` is `keyName`. */
  device: (key: string) => `/api/people/devices/${encodeURIComponent(key)}`,
  health: '/healthz',
  metrics: '/metrics'
} as const

export type NonceAnswer = { readonly nonce: string }

/** `signature`: ECDSA P-256 / SHA-256 over `meridian ticket <person> <nonce>`, base64url. */
export type TicketRequest = {
  readonly person: PersonId
  readonly key: PublicKey
  readonly nonce: string
  readonly signature: string
}

/** The text whose signature proves that a device holds its key. */
export function ticketProof(person: PersonId, nonce: string): string {
  return `meridian ticket ${person} ${nonce}`
}

export type TicketAnswer = { readonly ticket: string; readonly lifetimeMs: number }

/** `hash`: SHA-256 of the secret that the device made and puts in the link's fragment. */
export type LinkRequest = { readonly link: LinkId; readonly role: LinkRole; readonly hash: string }

export type ClaimRequest = {
  readonly link: LinkId
  /** The secret of the link's fragment, base64url of `secretBytes`. */
  readonly secret: string
  /** How the person wants to be called, for the owner's list. */
  readonly name: string
}
export type ClaimAnswer = { readonly role: Role }

export type GrantRequest = { readonly role: Role; readonly name: string }

export type RightsAnswer = {
  readonly owner: PersonId
  readonly people: readonly {
    readonly person: PersonId
    readonly role: Role
    readonly name: string
    readonly link: LinkId | null
  }[]
  readonly links: readonly { readonly link: LinkId; readonly role: LinkRole; readonly at: number }[]
}

/** `hash`: SHA-256 of the recovery secret. The key itself never leaves the device. */
export type RecoveryRequest = { readonly hash: string }

/** `secret`: base64url of the recovery key's bytes, shown by the device that wants to come back. */
export type RecoverRequest = {
  readonly secret: string
  readonly key: PublicKey
  readonly name: string
}

export type CodeAnswer = { readonly code: string; readonly lifetimeMs: number }
export type JoinRequest = { readonly code: string; readonly key: PublicKey; readonly name: string }
export type JoinAnswer = { readonly person: PersonId }

export type DevicesAnswer = {
  readonly devices: readonly { readonly key: string; readonly name: string; readonly at: number }[]
  readonly recovery: boolean
}

/** Body of every answer that is not 2xx. `message` is a sentence a person can act on. */
export type ErrorAnswer = { readonly error: ErrorCode; readonly message: string }
