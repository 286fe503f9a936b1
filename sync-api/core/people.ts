// Keys that speak for a person: entries in the rights channel of their library document.
import * as sha256 from 'lib0/hash/sha256'
import * as string from 'lib0/string'
import {
  fromBase64Url,
  libraryIdOf,
  personIdOf,
  toBase64Url,
  isPersonId,
  type PersonId
} from '../protocol/ids'
import { deviceCodeLifetimeMs, secretBytes } from '../protocol/limits'
import { keyName, isHash, isName, type PublicKey, type Rights } from '../protocol/rights'
import type { Access, RightsChange } from './access'
import { devicesPerPersonMax } from './limits'
import type { Clock, Directory, Randomness } from './ports'
import { Refusal } from './refusal'

/** Each throws Refusal when not allowed. */
export type PeopleDesk = {
  /** Whether `key` speaks for `person`; registers the first key of a new person, whose hash they are. */
  admit(person: PersonId, key: PublicKey, spki: Uint8Array): Promise<void>
  setRecovery(by: PersonId, hash: string): Promise<void>
  recover(secret: string, key: PublicKey, name: string): Promise<PersonId>
  makeCode(by: PersonId): Promise<string>
  join(code: string, key: PublicKey, name: string): Promise<PersonId>
  devices(by: PersonId): Promise<Rights>
  removeDevice(by: PersonId, key: string): Promise<void>
}

type Parts = {
  readonly access: Access
  readonly directory: Directory
  readonly clock: Clock
  readonly random: Randomness
}

export function createPeople({ access, directory, clock, random }: Parts): PeopleDesk {
  async function admit(person: PersonId, key: PublicKey, spki: Uint8Array): Promise<void> {
    const rights = await access.change(libraryIdOf(person), person, (before) => {
      if (before.owner !== null || personIdOf(spki) !== person) return []
      return [{ kind: 'created' }, { kind: 'device-added', key, name: '' }]
    })
    if (!rights.devices.has(keyName(key))) throw new Refusal('ticket-invalid')
  }

  async function addDevice(person: PersonId, key: PublicKey, name: string): Promise<void> {
    if (!isName(name)) throw new Refusal('bad-request')
    await access.change(libraryIdOf(person), person, (before) => {
      if (before.devices.has(keyName(key))) return []
      if (before.devices.size >= devicesPerPersonMax) throw new Refusal('over-limit')
      return [{ kind: 'device-added', key, name }]
    })
  }

  async function setRecovery(by: PersonId, hash: string): Promise<void> {
    if (!isHash(hash)) throw new Refusal('bad-request')
    const now = clock.now()
    const taken = await directory.get(recoveryName(hash), now)
    if (taken !== null && taken !== by) throw new Refusal('bad-request')
    // Found by the hash before it counts: a key that counts but is not found would be useless.
    await directory.put(recoveryName(hash), by, null)
    let old: string | null = null
    await access.change(libraryIdOf(by), by, (before): readonly RightsChange[] => {
      if (before.recoveryHash === hash) return []
      old = before.recoveryHash
      return [{ kind: 'recovery-set', hash }]
    })
    if (old !== null) await directory.take(recoveryName(old), now)
  }

  async function recover(secret: string, key: PublicKey, name: string): Promise<PersonId> {
    const hash = hashOfSecret(secret)
    if (hash === null) throw new Refusal('recovery-invalid')
    const person = await directory.get(recoveryName(hash), clock.now())
    if (!isPersonId(person)) throw new Refusal('recovery-invalid')
    const rights = await access.rights(libraryIdOf(person))
    // The rights decide; the directory only finds them.
    if (rights.recoveryHash !== hash) throw new Refusal('recovery-invalid')
    await addDevice(person, key, name)
    return person
  }

  async function makeCode(by: PersonId): Promise<string> {
    const code = codeOf(random(codeBytes))
    await directory.put(codeName(code), by, clock.now() + deviceCodeLifetimeMs)
    return code
  }

  async function join(code: string, key: PublicKey, name: string): Promise<PersonId> {
    if (!isName(name)) throw new Refusal('bad-request')
    const person = await directory.take(codeName(normalCode(code)), clock.now())
    if (!isPersonId(person)) throw new Refusal('code-invalid')
    await addDevice(person, key, name)
    return person
  }

  async function removeDevice(by: PersonId, name: string): Promise<void> {
    await access.change(libraryIdOf(by), by, (before) => {
      const device = before.devices.get(name)
      if (device === undefined) throw new Refusal('not-found')
      // With the last key the person would be gone.
      if (before.devices.size === 1) throw new Refusal('not-allowed')
      return [{ kind: 'device-removed', key: device.key }]
    })
  }

  const devices = (by: PersonId): Promise<Rights> => access.rights(libraryIdOf(by))
  return { admit, setRecovery, recover, makeCode, join, devices, removeDevice }
}

/** SHA-256 of a secret given as base64url, itself as base64url; null when it is not a secret. */
export function hashOfSecret(secret: string): string | null {
  if (!/^[A-Za-z0-9_-]{22}$/.test(secret)) return null
  const bytes = fromBase64Url(secret)
  return bytes.length === secretBytes ? toBase64Url(sha256.digest(bytes)) : null
}

/** 40 bits: eight characters; guessing one of them within its ten minutes takes years of tries. */
const codeBytes = 5

/** Crockford's base32: no I, L, O and U, which are misread or spell something. */
const codeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function codeOf(bytes: Uint8Array): string {
  let bits = 0n
  for (const byte of bytes) bits = bits * 256n + BigInt(byte)
  let code = ''
  for (let at = 0; at < 8; at++) {
    code = codeAlphabet.charAt(Number(bits & 31n)) + code
    bits >>= 5n
  }
  return code
}

/** A code as a person may have typed it, in the form it was made in. */
function normalCode(typed: string): string {
  const upper = typed.slice(0, 32).toUpperCase()
  return upper.replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
}

function codeName(code: string): string {
  return `code:${toBase64Url(sha256.digest(string.encodeUtf8(code)))}`
}

function recoveryName(hash: string): string {
  return `recovery:${hash}`
}
