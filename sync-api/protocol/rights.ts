// The rights channel of a document: its entries, and what they add up to. Same code on both sides.
import * as string from 'lib0/string'
import { ProtocolError } from './errors'
import { isLinkId, isPersonId, type LinkId, type PersonId } from './ids'
import { nameLengthMax, rightsEntryBytesMax } from './limits'
import { linkRoles, roles, stronger, type LinkRole, type Role } from './roles'

/** A public key as JWK: P-256, the members that identify it and no others. */
export type PublicKey = {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

/**
 * What the relay appends when somebody changes who may do what. `at` is ms since 1970 by the
 * relay's clock, for people to read; order is the log's. Devices and recovery stand in the rights
 * channel of the person's library document.
 */
export type RightsEntry = { readonly at: number; readonly by: PersonId } & (
  | { readonly kind: 'created' }
  | {
      readonly kind: 'link-made'
      readonly link: LinkId
      readonly role: LinkRole
      /** SHA-256 of the link's secret, base64url: the secret itself is never stored. */
      readonly hash: string
    }
  | { readonly kind: 'link-withdrawn'; readonly link: LinkId }
  | {
      readonly kind: 'granted'
      readonly person: PersonId
      readonly role: Role
      /** The link the grant stands and falls with; null for one given to the person directly. */
      readonly link: LinkId | null
      readonly name: string
    }
  | { readonly kind: 'withdrawn'; readonly person: PersonId }
  | { readonly kind: 'device-added'; readonly key: PublicKey; readonly name: string }
  | { readonly kind: 'device-removed'; readonly key: PublicKey }
  | { readonly kind: 'recovery-set'; readonly hash: string }
  /** The content was first written under this major of the schema. */
  | { readonly kind: 'schema-raised'; readonly major: number }
)

export type Link = {
  readonly role: LinkRole
  readonly hash: string
  readonly at: number
  readonly withdrawn: boolean
}
export type Device = { readonly key: PublicKey; readonly name: string; readonly at: number }
export type Grant = { readonly role: Role; readonly link: LinkId | null; readonly name: string }

/** What the entries of one rights channel add up to. */
export type Rights = {
  readonly owner: PersonId | null
  readonly links: ReadonlyMap<LinkId, Link>
  /** A person may hold one direct grant and one per link. */
  readonly grants: ReadonlyMap<PersonId, readonly Grant[]>
  /** Devices whose keys speak for the owner (library documents only), by `keyName`. */
  readonly devices: ReadonlyMap<string, Device>
  readonly recoveryHash: string | null
  /** The highest major of the schema that the content was written under. */
  readonly schemaMajor: number
}

/** The major of documents that say none. */
export const firstSchemaMajor = 1

export const noRights: Rights = {
  owner: null,
  links: new Map(),
  grants: new Map(),
  devices: new Map(),
  recoveryHash: null,
  schemaMajor: firstSchemaMajor
}

/** Rights after one more entry. Entries are applied in the order of the log. */
export function withEntry(rights: Rights, entry: RightsEntry): Rights {
  switch (entry.kind) {
    case 'created':
      return rights.owner === null ? { ...rights, owner: entry.by } : rights
    case 'link-made': {
      // The first stands: no later entry may bring a withdrawn link back to life.
      if (rights.links.has(entry.link)) return rights
      const link = { role: entry.role, hash: entry.hash, at: entry.at, withdrawn: false }
      return { ...rights, links: new Map(rights.links).set(entry.link, link) }
    }
    case 'link-withdrawn': {
      const link = rights.links.get(entry.link)
      if (link === undefined) return rights
      return {
        ...rights,
        links: new Map(rights.links).set(entry.link, { ...link, withdrawn: true })
      }
    }
    case 'granted': {
      const others = (rights.grants.get(entry.person) ?? []).filter(
        (one) => one.link !== entry.link
      )
      const grant = { role: entry.role, link: entry.link, name: entry.name }
      return { ...rights, grants: new Map(rights.grants).set(entry.person, [...others, grant]) }
    }
    case 'withdrawn': {
      const grants = new Map(rights.grants)
      grants.delete(entry.person)
      return { ...rights, grants }
    }
    case 'device-added': {
      const device = { key: entry.key, name: entry.name, at: entry.at }
      return { ...rights, devices: new Map(rights.devices).set(keyName(entry.key), device) }
    }
    case 'device-removed': {
      const devices = new Map(rights.devices)
      devices.delete(keyName(entry.key))
      return { ...rights, devices }
    }
    case 'recovery-set':
      return { ...rights, recoveryHash: entry.hash }
    case 'schema-raised':
      return { ...rights, schemaMajor: Math.max(rights.schemaMajor, entry.major) }
  }
}

/** The strongest role a person has: as owner, by a direct grant, or by a link not withdrawn. */
export function roleOf(rights: Rights, person: PersonId): Role | null {
  if (rights.owner === person) return 'owner'
  let role: Role | null = null
  for (const grant of rights.grants.get(person) ?? []) {
    const stands = grant.link === null || rights.links.get(grant.link)?.withdrawn === false
    if (stands) role = stronger(role, grant.role)
  }
  return role
}

/** A public key as a map key. */
export function keyName(key: PublicKey): string {
  return `${key.x}.${key.y}`
}

/** An entry as the bytes the log holds. */
export function encodeRightsEntry(entry: RightsEntry): Uint8Array {
  return string.encodeUtf8(JSON.stringify(entry))
}

/** The entry of stored bytes. Throws ProtocolError on anything the relay would not have written. */
export function decodeRightsEntry(bytes: Uint8Array): RightsEntry {
  if (bytes.length > rightsEntryBytesMax) throw malformed(`${bytes.length} bytes`)
  let value: unknown
  try {
    value = JSON.parse(string.decodeUtf8(bytes))
  } catch (cause) {
    throw malformed(String(cause))
  }
  if (!isRightsEntry(value)) throw malformed('unknown form')
  return value
}

function isRightsEntry(value: unknown): value is RightsEntry {
  if (!isObject(value) || !Number.isSafeInteger(value.at) || !isPersonId(value.by)) return false
  switch (value.kind) {
    case 'created':
      return true
    case 'link-made':
      return isLinkId(value.link) && isOneOf(linkRoles, value.role) && isHash(value.hash)
    case 'link-withdrawn':
      return isLinkId(value.link)
    case 'granted':
      return (
        isPersonId(value.person) &&
        isOneOf(roles, value.role) &&
        (value.link === null || isLinkId(value.link)) &&
        isName(value.name)
      )
    case 'withdrawn':
      return isPersonId(value.person)
    case 'device-added':
      return isPublicKey(value.key) && isName(value.name)
    case 'device-removed':
      return isPublicKey(value.key)
    case 'recovery-set':
      return isHash(value.hash)
    case 'schema-raised':
      return Number.isSafeInteger(value.major)
    default:
      return false
  }
}

/** Whether a value from outside is a P-256 public key as JWK. */
export function isPublicKey(value: unknown): value is PublicKey {
  if (!isObject(value)) return false
  return value.kty === 'EC' && value.crv === 'P-256' && isHash(value.x) && isHash(value.y)
}

/** Whether a value from outside is 32 bytes of base64url: a hash or a coordinate. */
export function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value)
}

/** Whether a value from outside may be a display name (it may be empty). */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= nameLengthMax && !/\p{Cc}/u.test(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOneOf<T>(all: readonly T[], value: unknown): value is T {
  return all.some((one) => one === value)
}

function malformed(detail: string): ProtocolError {
  return new ProtocolError('bad-request', `rights entry: ${detail}`)
}
