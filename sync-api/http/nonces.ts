// What a device signs to get a ticket: given to anybody, remembered by nobody until it is spent.
import * as string from 'lib0/string'
import { toBase64Url, fromBase64Url } from '../protocol/ids'
import { nonceLifetimeMs } from '../protocol/limits'
import type { Clock, Randomness } from '../core/ports'
import { Refusal } from '../core/refusal'

/** Spent nonces held at once: a minute of 1,600 tickets a second, about 10 MB. */
const spentMax = 100_000

/** Entropy of a nonce, bytes: two are never the same. */
const nonceBytes = 16

export type Nonces = {
  make(): Promise<string>
  /** Throws Refusal unless this relay made the nonce and it has not run out. */
  check(nonce: string): Promise<void>
  /** Throws Refusal if it was spent before. Call it last, once its signature is known to be good. */
  spend(nonce: string): void
}

/**
 * A nonce is `<runs out at>.<random>.<MAC of both>`. Within one instance each is good once; two
 * instances of one deployment may each accept it once within its minute, for the same person.
 */
export function createNonces(parts: {
  nonceKey: Uint8Array
  clock: Clock
  random: Randomness
}): Nonces {
  const key = importMacKey(parts.nonceKey)
  // In the order spent, which is nearly the order they run out: the oldest are looked at first.
  const spent = new Map<string, number>()
  return {
    async make() {
      const until = (parts.clock.now() + nonceLifetimeMs).toString(36)
      const body = `${until}.${toBase64Url(parts.random(nonceBytes))}`
      const mac = await crypto.subtle.sign('HMAC', await key, bytesOf(body))
      return `${body}.${toBase64Url(new Uint8Array(mac))}`
    },
    async check(nonce) {
      const match = /^(([0-9a-z]{1,11})\.[\w-]{22})\.([\w-]{43})$/.exec(nonce)
      if (match === null) throw new Refusal('bad-request')
      const [, body, until, mac] = match as unknown as [string, string, string, string]
      const ours = await crypto.subtle.verify(
        'HMAC',
        await key,
        fromBase64Url(mac).slice(),
        bytesOf(body)
      )
      if (!ours || parseInt(until, 36) < parts.clock.now()) throw new Refusal('ticket-expired')
    },
    spend(nonce) {
      const now = parts.clock.now()
      for (const [old, until] of spent) {
        if (until > now) break
        spent.delete(old)
      }
      if (spent.has(nonce)) throw new Refusal('ticket-expired')
      // Forgetting one early would let it be used twice: better to ask for patience.
      if (spent.size >= spentMax) throw new Refusal('over-limit')
      spent.set(nonce, now + nonceLifetimeMs)
    }
  }
}

function importMacKey(bytes: Uint8Array): ReturnType<typeof crypto.subtle.importKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', bytes.slice(), algorithm, false, ['sign', 'verify'])
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return string.encodeUtf8(text).slice()
}
