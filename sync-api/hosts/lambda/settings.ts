// What a function is told of its deployment: environment variables, checked when it starts.
import type { webcrypto } from 'node:crypto'
import { fromBase64Url } from '../../protocol/ids'
import { labelBytesMax } from '../../protocol/limits'

export type Environment = Readonly<Record<string, string | undefined>>

export type Settings = {
  readonly region: string
  /** All regions of the deployment, this one included. */
  readonly regions: readonly string[]
  readonly logTable: string
  readonly connectionsTable: string
  readonly bus: string
  readonly redisUrl: string
  /** Of @connections. */
  readonly callbackUrl: string
  /** The function that has time, with its alias. */
  readonly syncFunction: string
  /** What people's browsers show: `https://write.example.org`. */
  readonly origin: string
  /** What only CloudFront knows. */
  readonly originSecret: string
  /** Private, P-256. */
  readonly ticketKey: webcrypto.JsonWebKey
  readonly nonceKey: Uint8Array
}

/** Throws a sentence for who deploys on what is missing or none. */
export function readSettings(environment: Environment): Settings {
  const text = (name: string): string => {
    const value = environment[name]
    if (value === undefined || value === '') throw wrong(name, 'is not set')
    return value
  }
  const url = (name: string, protocols: readonly string[]): string => {
    const value = text(name)
    const known = URL.canParse(value) && protocols.includes(new URL(value).protocol)
    if (!known) throw wrong(name, `is no address that begins with ${protocols.join(' or ')}`)
    return value
  }
  const region = text('MERIDIAN_REGION')
  const regions = text('MERIDIAN_REGIONS').split(',')
  if (!regions.includes(region) || regions.some((one) => !isRegion(one))) {
    throw wrong('MERIDIAN_REGIONS', 'is no list of regions with MERIDIAN_REGION among them')
  }
  return {
    region,
    regions,
    logTable: text('MERIDIAN_LOG_TABLE'),
    connectionsTable: text('MERIDIAN_CONNECTIONS_TABLE'),
    bus: text('MERIDIAN_BUS'),
    redisUrl: url('MERIDIAN_REDIS_URL', ['redis:', 'rediss:']),
    callbackUrl: url('MERIDIAN_CALLBACK_URL', ['https:', 'http:']),
    syncFunction: text('MERIDIAN_SYNC_FUNCTION'),
    origin: new URL(url('MERIDIAN_ORIGIN', ['https:', 'http:'])).origin,
    originSecret: text('MERIDIAN_ORIGIN_SECRET'),
    ticketKey: keyIn(text('MERIDIAN_TICKET_KEY')),
    nonceKey: secretIn(text('MERIDIAN_NONCE_KEY'))
  }
}

/** Never with a value: some are secrets. Deploying sets all of them. */
function wrong(name: string, how: string): Error {
  return new Error(`${name} ${how}. Deploy again.`)
}

function isRegion(name: string): boolean {
  return /^[a-z0-9-]+$/.test(name) && name.length <= labelBytesMax
}

function keyIn(text: string): webcrypto.JsonWebKey {
  const advice =
    'The secret TicketKey is no private P-256 key. docs/deploy.md says how to make one.'
  let key: webcrypto.JsonWebKey | null
  try {
    key = JSON.parse(text) as webcrypto.JsonWebKey | null
  } catch {
    // Without the cause, which shows what the secret begins with.
    throw new Error(advice)
  }
  const isWhole = [key?.x, key?.y, key?.d].every((part) => typeof part === 'string')
  if (key?.kty !== 'EC' || key.crv !== 'P-256' || !isWhole) throw new Error(advice)
  return key
}

function secretIn(text: string): Uint8Array {
  const secret = /^[A-Za-z0-9_-]{43}$/.test(text) ? fromBase64Url(text) : null
  if (secret?.length === 32) return secret
  throw new Error('The secret NonceKey is not 32 bytes. docs/deploy.md says how to make it.')
}
