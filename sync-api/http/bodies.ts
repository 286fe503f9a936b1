// Bodies of calls: read within their limit, and from unknown JSON to the types of the contract.
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { ProtocolError } from '../protocol/errors'
import type {
  ClaimRequest,
  GrantRequest,
  JoinRequest,
  LinkRequest,
  RecoverRequest,
  RecoveryRequest,
  TicketRequest
} from '../protocol/http'
import { isLinkId, isPersonId } from '../protocol/ids'
import { jsonBytesMax } from '../protocol/limits'
import { isHash, isName, isPublicKey } from '../protocol/rights'
import { linkRoles, roles } from '../protocol/roles'
import { Refusal } from '../core/refusal'
import type { ApiEnv } from './env'

/** Refuses a body longer than `max` bytes, before it is held in memory. */
export function limitBody(max: number): MiddlewareHandler<ApiEnv> {
  return bodyLimit({
    maxSize: max,
    onError: () => {
      throw new Refusal('too-large')
    }
  })
}

export const limitJson = limitBody(jsonBytesMax)

/** The body as `parse` accepts it. Throws ProtocolError; `limitJson` must stand before. */
export async function readJson<T>(
  context: Context<ApiEnv>,
  parse: (body: Fields) => T
): Promise<T> {
  // Forms of other sites cannot send this type without asking first.
  const type = context.req.header('Content-Type') ?? ''
  if (!/^application\/json\b/i.test(type)) throw malformed('the Content-Type')
  let body: unknown
  try {
    body = JSON.parse(await context.req.text())
  } catch (cause) {
    throw malformed(`JSON: ${String(cause)}`)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('the body')
  return parse(body as Fields)
}

type Fields = { readonly [name: string]: unknown }

export function parseTicketRequest(body: Fields): TicketRequest {
  return {
    person: field(body, 'person', isPersonId),
    key: field(body, 'key', isPublicKey),
    nonce: field(body, 'nonce', isShortText),
    signature: field(body, 'signature', isSignature)
  }
}

export function parseLinkRequest(body: Fields): LinkRequest {
  return {
    link: field(body, 'link', isLinkId),
    role: field(body, 'role', isOneOf(linkRoles)),
    hash: field(body, 'hash', isHash)
  }
}

export function parseClaimRequest(body: Fields): ClaimRequest {
  return {
    link: field(body, 'link', isLinkId),
    secret: field(body, 'secret', isSecret),
    name: field(body, 'name', isName)
  }
}

export function parseGrantRequest(body: Fields): GrantRequest {
  return { role: field(body, 'role', isOneOf(roles)), name: field(body, 'name', isName) }
}

export function parseRecoveryRequest(body: Fields): RecoveryRequest {
  return { hash: field(body, 'hash', isHash) }
}

export function parseRecoverRequest(body: Fields): RecoverRequest {
  return {
    secret: field(body, 'secret', isSecret),
    key: field(body, 'key', isPublicKey),
    name: field(body, 'name', isName)
  }
}

export function parseJoinRequest(body: Fields): JoinRequest {
  return {
    code: field(body, 'code', isShortText),
    key: field(body, 'key', isPublicKey),
    name: field(body, 'name', isName)
  }
}

function field<T>(body: Fields, name: string, is: (value: unknown) => value is T): T {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  if (!is(value)) throw malformed(`"${name}"`)
  return value
}

function isOneOf<T>(all: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => all.some((one) => one === value)
}

/** Text that its own reader looks into: here only its length is bounded. */
function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 128
}

/** 16 bytes of base64url; see `secretBytes`. */
function isSecret(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{21}[AQgw]$/.test(value)
}

/** 64 bytes of base64url: the r and s of ECDSA. */
function isSignature(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{86}$/.test(value)
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('bad-request', `${what} is not of the expected form`)
}
