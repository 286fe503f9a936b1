// The key pair a relay signs tickets with: made once, kept in a file that only its owner reads.
import { createHash, webcrypto } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { hasCode } from './file-errors'

export type TicketKeys = {
  readonly privateKey: webcrypto.CryptoKey
  readonly publicKey: webcrypto.CryptoKey
  /** Of the same secret, for receipts. */
  readonly receiptKey: Uint8Array
}

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** The keys of the file, which is made if it is not there. Rejects when it holds no such key. */
export async function loadTicketKeys(file: string): Promise<TicketKeys> {
  return (await readTicketKeys(file)) ?? makeTicketKeys(file)
}

/** The keys of the file; null when it is not there. Rejects when it holds no such key. */
export async function readTicketKeys(file: string): Promise<TicketKeys | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (failure) {
    if (!hasCode(failure, 'ENOENT')) throw failure
    return null
  }
  try {
    return await importTicketKeys(JSON.parse(text) as webcrypto.JsonWebKey)
  } catch (cause) {
    const advice =
      'Remove it to have a new one made: everybody gets a new ticket, and old receipts are void.'
    throw new Error(`The ticket key in ${file} cannot be read. ${advice}`, { cause })
  }
}

async function makeTicketKeys(file: string): Promise<TicketKeys> {
  const { subtle } = webcrypto
  const made = await subtle.generateKey(curve, true, ['sign', 'verify'])
  const jwk = await subtle.exportKey('jwk', made.privateKey)
  // Renamed into place when it is whole: a crash leaves no half key behind.
  const draft = `${file}.new`
  await writeFile(draft, JSON.stringify(jwk), { mode: 0o600, flush: true })
  await rename(draft, file)
  return importTicketKeys(jwk)
}

/** Of a private P-256 key. Rejects when it is none. */
export async function importTicketKeys({ d, ...jwk }: webcrypto.JsonWebKey): Promise<TicketKeys> {
  if (d === undefined) throw new Error('There is no private key')
  const { subtle } = webcrypto
  const { kty, crv, x, y } = jwk
  const publicJwk = { kty: kty!, crv: crv!, x: x!, y: y! }
  return {
    privateKey: await subtle.importKey('jwk', { ...publicJwk, d }, curve, false, ['sign']),
    publicKey: await subtle.importKey('jwk', publicJwk, curve, false, ['verify']),
    receiptKey: createHash('sha256').update(`meridian receipts ${d}`).digest()
  }
}
