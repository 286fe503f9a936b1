// Device keys as the relay sees them: their bytes, and whether a signature is theirs.
import * as string from 'lib0/string'
import { ProtocolError } from '../protocol/errors'
import { fromBase64Url } from '../protocol/ids'
import type { PublicKey } from '../protocol/rights'

const curve = { name: 'ECDSA', namedCurve: 'P-256' }
const signing = { name: 'ECDSA', hash: 'SHA-256' }

/** CryptoKey, by the name that needs neither the DOM's types nor Node's. */
type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

export type DeviceKey = {
  /** The key in DER, whose hash a person's id is. */
  readonly spki: Uint8Array
  /** Whether `signature` (base64url of 64 bytes) is this key's over `text`. */
  signed(text: string, signature: string): Promise<boolean>
}

/** Throws ProtocolError when the coordinates are no point of the curve. */
export async function deviceKeyOf(key: PublicKey): Promise<DeviceKey> {
  const imported = await importPoint(key)
  return {
    spki: new Uint8Array(await crypto.subtle.exportKey('spki', imported)),
    signed(text, signature) {
      const bytes = string.encodeUtf8(text).slice()
      return crypto.subtle.verify(signing, imported, fromBase64Url(signature).slice(), bytes)
    }
  }
}

async function importPoint({ kty, crv, x, y }: PublicKey): Promise<ImportedKey> {
  try {
    return await crypto.subtle.importKey('jwk', { kty, crv, x, y }, curve, true, ['verify'])
  } catch (cause) {
    throw new ProtocolError('bad-request', `public key: ${String(cause)}`)
  }
}
