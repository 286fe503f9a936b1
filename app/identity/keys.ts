// Who this device speaks for: a key pair that cannot be read, made once and kept in the database.
import * as sha256 from 'lib0/hash/sha256'
import { personIdOf, toBase64Url, type PersonId } from '../../sync-api/protocol/ids'
import { isPublicKey, keyName, type PublicKey } from '../../sync-api/protocol/rights'
import type { IdentityRow, MeridianDatabase } from '../store/database'
import { attempt } from '../store/failure'

/** The name of the row in use; others hold the identities it replaced. */
export const currentIdentity = 'current'

export type DeviceIdentity = {
  readonly person: PersonId
  readonly publicKey: PublicKey
  /** This device's key as `DevicesAnswer` names it. */
  readonly device: string
  /** ECDSA P-256 / SHA-256 over UTF-8 text, base64url. */
  sign(text: string): Promise<string>
}

/**
 * This device's identity, made at the first start. Two tabs that start at once agree on one. The
 * page must be a secure context: without `crypto.subtle` there is no key.
 */
export async function openIdentity(database: MeridianDatabase): Promise<DeviceIdentity> {
  const known = await attempt(database, () => database.keys.get(currentIdentity))
  if (known !== undefined) return identityOf(known)
  // Made before the transaction: IndexedDB closes one that waits for anything else.
  const { keys, publicKey, spki } = await makeKeys()
  const fresh = { name: currentIdentity, person: personIdOf(spki), publicKey, keys }
  const row = await attempt(database, () =>
    database.transaction('rw', database.keys, async () => {
      const other = await database.keys.get(currentIdentity)
      if (other === undefined) await database.keys.add(fresh)
      return other ?? fresh
    })
  )
  return identityOf(row)
}

export function identityOf({ person, publicKey, keys }: IdentityRow): DeviceIdentity {
  return {
    person,
    publicKey,
    device: keyName(publicKey),
    async sign(text) {
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const data = new TextEncoder().encode(text)
      return toBase64Url(new Uint8Array(await crypto.subtle.sign(algorithm, keys.privateKey, data)))
    }
  }
}

export type MadeKeys = {
  readonly keys: CryptoKeyPair
  readonly publicKey: PublicKey
  readonly spki: Uint8Array
}

export async function makeKeys(): Promise<MadeKeys> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const publicKey = { kty, crv, x, y }
  if (!isPublicKey(publicKey)) throw new Error('The browser made a key of another kind')
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))
  return { keys, publicKey, spki }
}

/** SHA-256 of a secret as the relay keeps it, base64url. */
export function hashOf(secret: Uint8Array): string {
  return toBase64Url(sha256.digest(secret))
}
