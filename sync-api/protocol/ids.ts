// Identifiers: how they are made, what they prove, and how text from outside becomes one.
import * as sha256 from 'lib0/hash/sha256'
import * as string from 'lib0/string'
import { toBase64Url } from './base64'
import { channels, type Channel } from './roles'

export { fromBase64Url, toBase64Url } from './base64'

declare const brand: unique symbol
type Id<Name> = string & { readonly [brand]: Name }

/** 16 bytes as 22 characters of base64url: a hash of its creator and a nonce, see `documentIdOf`. */
export type DocumentId = Id<'document'>
/** 16 bytes as 22 characters of base64url: a hash of the person's first public key. */
export type PersonId = Id<'person'>
/** 8 random bytes as 11 characters: one device's numbered pushes for one channel. */
export type OutboxId = Id<'outbox'>
/** 8 random bytes as 11 characters: one Y.Doc lifetime in one tab and channel. */
export type WriterId = Id<'writer'>
/** 8 random bytes as 11 characters: one tab, as presence knows it. */
export type TabId = Id<'tab'>
/** 8 random bytes as 11 characters: one sharing link of a document. */
export type LinkId = Id<'link'>

/** One stream of one document: what a log, a subscription and a replica are keyed by. */
export type ChannelRef = { readonly document: DocumentId; readonly channel: Channel }

export const longIdBytes = 16
export const shortIdBytes = 8

const longId = /^[A-Za-z0-9_-]{21}[AQgw]$/
const shortId = /^[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]$/

export const isDocumentId = (text: unknown): text is DocumentId => matches(longId, text)
export const isPersonId = (text: unknown): text is PersonId => matches(longId, text)
export const isTabId = (text: unknown): text is TabId => matches(shortId, text)
export const isWriterId = (text: unknown): text is WriterId => matches(shortId, text)
export const isLinkId = (text: unknown): text is LinkId => matches(shortId, text)

function matches(form: RegExp, text: unknown): boolean {
  return typeof text === 'string' && form.test(text)
}

/** An id from exactly the bytes it stands for: 16 for documents and people, 8 for the others. */
export function idOf<T extends DocumentId | PersonId | OutboxId | WriterId | TabId | LinkId>(
  bytes: Uint8Array
): T {
  if (bytes.length !== longIdBytes && bytes.length !== shortIdBytes) {
    throw new Error(`An id has ${shortIdBytes} or ${longIdBytes} bytes, not ${bytes.length}`)
  }
  return toBase64Url(bytes) as T
}

/** A person is the hash of the first public key (SPKI bytes) that spoke for them. */
export function personIdOf(spki: Uint8Array): PersonId {
  return idOf(hash('meridian person', spki).subarray(0, longIdBytes))
}

/**
 * A document's id proves who created it: nobody else can find a nonce that gives the same id.
 * So a document is created offline, and the relay needs no reservation to know its owner.
 */
export function documentIdOf(creator: PersonId, nonce: string): DocumentId {
  return idOf(hash('meridian document', creator, nonce).subarray(0, longIdBytes))
}

/** The nonce of the one library document each person has. */
export const libraryNonce = 'library'

/** The person's private list of documents; found again from the person alone. */
export function libraryIdOf(person: PersonId): DocumentId {
  return documentIdOf(person, libraryNonce)
}

/**
 * The Yjs client id of a writer: 53 bits of a hash, so that ownership of every insertion can be
 * checked anywhere without state. 53 is what a JavaScript number holds exactly.
 */
export function clientIdOf(ref: ChannelRef, person: PersonId, writer: WriterId): number {
  const digest = hash('meridian writer', ref.document, ref.channel, person, writer)
  let id = digest[0]! & 0x1f
  for (let at = 1; at < 7; at++) id = id * 256 + digest[at]!
  return id
}

/** A channel's name as a key for maps and tables: `<document>/<channel>`. */
export function channelKey(ref: ChannelRef): string {
  return `${ref.document}/${ref.channel}`
}

/** The channel a key names; throws on text that `channelKey` cannot have made. */
export function channelRefOf(key: string): ChannelRef {
  const [document, channel, ...rest] = key.split('/')
  const known = channels.find((name) => name === channel)
  if (!isDocumentId(document) || known === undefined || rest.length > 0) {
    throw new Error(`Not a channel key: ${key}`)
  }
  return { document, channel: known }
}

function hash(...parts: (string | Uint8Array)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === 'string' ? string.encodeUtf8(part) : part))
  const whole = new Uint8Array(encoded.reduce((length, part) => length + 4 + part.length, 0))
  let at = 0
  for (const part of encoded) {
    // The length goes first, so that no two lists of parts give the same bytes.
    new DataView(whole.buffer).setUint32(at, part.length)
    whole.set(part, at + 4)
    at += 4 + part.length
  }
  return sha256.digest(whole)
}
