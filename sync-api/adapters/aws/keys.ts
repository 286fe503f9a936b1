// Keys of the global table, chosen so that ascending reads see updates before manifests before checkpoints: what is folded
// while somebody reads is then seen at least once.
import { createHash } from 'node:crypto'
import {
  channelKey,
  channelRefOf,
  fromBase64Url,
  type ChannelRef,
  type OutboxId
} from '../../protocol/ids'
import { idOf, shortIdBytes } from '../../protocol/ids'
import type { Range } from './table'

const logPrefix = 'D#'

/** Partition of a log. */
export function logKey(ref: ChannelRef): string {
  return `${logPrefix}${channelKey(ref)}`
}

/** Digits of a number in keys, base 36: up to 2^53 in the order of numbers. */
const numberDigits = 11
const hashCharacters = 12
const hashBytes = hashCharacters / 2

const updatePrefix = '1U#'
const manifestPrefix = '2M#'
const ackPrefix = '3A#'
const chunkPrefix = '4S#'
const foldedPrefix = '5F#'

/** Behind every character of a key. */
const end = '~'

/** The log whose partition it is; null for what is no log. Throws when it names none. */
export function refOfLog(pk: string): ChannelRef | null {
  return pk.startsWith(logPrefix) ? channelRefOf(pk.slice(logPrefix.length)) : null
}

/** An entry in all its parts. */
export function rangeOf(key: string): Range {
  return { after: key.slice(0, -1), upTo: `${key}${end}` }
}

export const updateRange: Range = { after: updatePrefix, upTo: `${updatePrefix}${end}` }
export const manifestRange: Range = { after: manifestPrefix, upTo: `${manifestPrefix}${end}` }
export const ackRange: Range = { after: ackPrefix, upTo: `${ackPrefix}${end}` }

/**
 * The key of an entry: its outbox and number, and a hash of all that is stored under it. The same push, wherever and however often
 * it is stored, has one key; another under the same number has another.
 */
export function updateKey(outbox: OutboxId, n: number, body: Uint8Array): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, hashCharacters)
  return `${updatePrefix}${outbox}#${padded(n)}#${hash}`
}

/** The key of a part of an entry that is too large for one row; without one, the entry's own. */
export function partKey(key: string, index: number, count: number): string {
  return count === 1 ? key : `${key}#${padded(index)}#${padded(count)}`
}

/** What a key of the range of updates says; null when no log made it. */
export type UpdateName = {
  readonly key: string
  readonly outbox: OutboxId
  readonly n: number
  readonly index: number
  readonly count: number
}

const updateForm =
  /^1U#(?<outbox>[A-Za-z0-9_-]{11})#(?<n>[0-9a-z]{11})#[0-9a-f]{12}(?:#(?<index>[0-9a-z]{11})#(?<count>[0-9a-z]{11}))?$/

export function updateNameOf(sk: string): UpdateName | null {
  const { outbox, n, index, count } = updateForm.exec(sk)?.groups ?? {}
  if (outbox === undefined || n === undefined) return null
  return {
    key: sk.slice(0, updatePrefix.length + outbox.length + 1 + numberDigits + 1 + hashCharacters),
    outbox: outbox as OutboxId,
    n: parseInt(n, 36),
    index: index === undefined ? 0 : parseInt(index, 36),
    count: count === undefined ? 1 : parseInt(count, 36)
  }
}

/** Behind all rows of an entry. */
export function afterKey(key: string): string {
  return `${key}${end}`
}

/** An entry's key in few bytes, for cursors and lists. */
export function packKey(key: string): Uint8Array {
  const name = updateNameOf(key)
  if (name === null) throw new Error(`${key} is not the key of an entry`)
  const packed = new Uint8Array(shortIdBytes + 8 + hashBytes)
  packed.set(fromBase64Url(name.outbox))
  new DataView(packed.buffer).setBigUint64(shortIdBytes, BigInt(name.n))
  packed.set(Buffer.from(key.slice(-hashCharacters), 'hex'), shortIdBytes + 8)
  return packed
}

export const packedKeyBytes = shortIdBytes + 8 + hashBytes

/** Throws on bytes of another length. */
export function unpackKey(packed: Uint8Array): string {
  if (packed.length !== packedKeyBytes) throw new Error(`A key of ${packed.length} bytes`)
  const outbox = idOf<OutboxId>(packed.subarray(0, shortIdBytes))
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const n = Number(view.getBigUint64(shortIdBytes))
  const hash = Buffer.from(packed.subarray(shortIdBytes + 8)).toString('hex')
  return `${updatePrefix}${outbox}#${padded(n)}#${hash}`
}

export function manifestKey(region: string): string {
  return `${manifestPrefix}${region}`
}

/** `region` says which version of `owner`'s checkpoints it holds. */
export function ackKey(region: string, owner: string): string {
  return `${ackPrefix}${region}#${owner}`
}

/** A chunk of a checkpoint. Named after its owner and version and never shared: what one region tidies away is in no other's. */
export function chunkKey(owner: string, version: string, index: number): string {
  return `${chunkPrefix}${owner}#${version}#${padded(index)}`
}

/** A list of the keys folded into a version. */
export function foldedKey(owner: string, version: string, index: number): string {
  return `${foldedPrefix}${owner}#${version}#${padded(index)}`
}

export function chunkRange(owner: string, version: string): Range {
  return within(`${chunkPrefix}${owner}#${version}#`)
}

export function foldedRange(owner: string, version: string): Range {
  return within(`${foldedPrefix}${owner}#${version}#`)
}

/** All that a region stores of its checkpoints, of whatever version. */
export function ownedRanges(owner: string): readonly Range[] {
  return [within(`${chunkPrefix}${owner}#`), within(`${foldedPrefix}${owner}#`)]
}

/** The version in the key of a chunk or a list of folded keys. */
export function versionOf(sk: string): string {
  const version = sk.split('#')[2]
  if (version === undefined) throw new Error(`${sk} names no version`)
  return version
}

/**
 * A version of a region's checkpoints: a number that rises, and chance, so that two folds at once in one region, or one that died,
 * never share a key.
 */
export function versionName(number: number, chance: Uint8Array): string {
  return `${padded(number)}-${Buffer.from(chance).toString('hex')}`
}

export function versionNumber(version: string): number {
  return parseInt(version.split('-')[0] ?? '', 36)
}

function within(prefix: string): Range {
  return { after: prefix, upTo: `${prefix}${end}` }
}

function padded(number: number): string {
  return number.toString(36).padStart(numberDigits, '0')
}
