// What a function says when its deployment told it too little: the variable, what to do, and never a secret.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { labelBytesMax } from '../../../sync-api/protocol/limits'
import { readSettings, type Environment } from '../../../sync-api/hosts/lambda/settings'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ticketKey = privateKey.export({ format: 'jwk' })
const nonceKey = randomBytes(32)

const whole = {
  MERIDIAN_REGION: 'eu-west-1',
  MERIDIAN_REGIONS: 'us-east-1,eu-west-1',
  MERIDIAN_LOG_TABLE: 'log',
  MERIDIAN_CONNECTIONS_TABLE: 'connections',
  MERIDIAN_BUS: 'meridian',
  MERIDIAN_REDIS_URL: 'rediss://relay:cache-password@cache.example.org:6379',
  MERIDIAN_CALLBACK_URL: 'https://abc.execute-api.eu-west-1.amazonaws.com/live',
  MERIDIAN_SYNC_FUNCTION: 'sync:live',
  MERIDIAN_ORIGIN: 'https://write.example.org/',
  MERIDIAN_ORIGIN_SECRET: 'origin-secret',
  MERIDIAN_TICKET_KEY: JSON.stringify(ticketKey),
  MERIDIAN_NONCE_KEY: nonceKey.toString('base64url')
}

const names = Object.keys(whole) as (keyof typeof whole)[]

/** What is said of an environment that differs so; fails when nothing is. */
function saidOf(more: Environment): string {
  try {
    readSettings({ ...whole, ...more })
  } catch (failure) {
    return String(failure instanceof Error ? (failure.stack ?? failure.message) : failure)
  }
  throw new Error('The settings were taken')
}

const jwk = (more: object): string => JSON.stringify({ ...ticketKey, ...more })

describe('the settings of a function', () => {
  it('are all read', () => {
    expect(readSettings(whole)).toEqual({
      region: 'eu-west-1',
      regions: ['us-east-1', 'eu-west-1'],
      logTable: 'log',
      connectionsTable: 'connections',
      bus: 'meridian',
      redisUrl: whole.MERIDIAN_REDIS_URL,
      callbackUrl: whole.MERIDIAN_CALLBACK_URL,
      syncFunction: 'sync:live',
      origin: 'https://write.example.org',
      originSecret: 'origin-secret',
      ticketKey,
      nonceKey: new Uint8Array(nonceKey)
    })
  })

  it.each(names)('that lack %s say so, and to deploy again', (name) => {
    for (const missing of [undefined, '']) {
      expect(saidOf({ [name]: missing })).toContain(`${name} is not set. Deploy again.`)
    }
  })

  it.each([
    ['MERIDIAN_REGIONS', 'us-east-1'],
    ['MERIDIAN_REGIONS', 'us-east-1, eu-west-1'],
    ['MERIDIAN_REGIONS', 'eu-west-1,'],
    ['MERIDIAN_REGIONS', `eu-west-1,${'a'.repeat(labelBytesMax + 1)}`],
    ['MERIDIAN_REGION', 'EU_WEST_1'],
    ['MERIDIAN_REDIS_URL', 'cache.example.org:6379'],
    ['MERIDIAN_REDIS_URL', 'https://relay:cache-password@cache.example.org'],
    ['MERIDIAN_CALLBACK_URL', 'wss://abc.execute-api.eu-west-1.amazonaws.com/live'],
    ['MERIDIAN_CALLBACK_URL', 'abc.execute-api.eu-west-1.amazonaws.com/live'],
    ['MERIDIAN_ORIGIN', 'write.example.org'],
    ['MERIDIAN_ORIGIN', 'ftp://write.example.org']
  ])('name %s where it is wrong, and say what to do: %s', (name, value) => {
    const said = saidOf({ [name]: value })
    expect(said).toContain(name)
    expect(said).toContain('Deploy again')
  })

  it.each([
    ['no JSON', 'secret-word'],
    ['nothing', 'null'],
    ['a text', '"secret-word"'],
    ['a public key', JSON.stringify(publicKey.export({ format: 'jwk' }))],
    ['a key of another curve', jwk({ crv: 'P-384' })],
    ['a key of another kind', jwk({ kty: 'OKP' })],
    ['a key without its first half', jwk({ x: undefined })],
    ['a key without its second half', jwk({ y: undefined })],
    ['a key that is no text', jwk({ d: 7 })]
  ])('say how to make a TicketKey where it is %s', (_, value) => {
    const said = saidOf({ MERIDIAN_TICKET_KEY: value })
    expect(said).toContain('TicketKey is no private P-256 key. docs/deploy.md says how to make one')
  })

  it.each([
    ['too short', randomBytes(31).toString('base64url')],
    ['too long', randomBytes(33).toString('base64url')],
    ['no base64url', '+'.repeat(43)]
  ])('say how to make a NonceKey where it is %s', (_, value) => {
    const said = saidOf({ MERIDIAN_NONCE_KEY: value })
    expect(said).toContain('NonceKey is not 32 bytes. docs/deploy.md says how to make it')
    expect(said).not.toContain(value)
  })

  it('never show a secret, whatever else is wrong', () => {
    const secrets = [
      ...['cache-password', 'origin-secret', whole.MERIDIAN_NONCE_KEY, 'secret-word'],
      ...[ticketKey.d!, ticketKey.x!]
    ]
    const wrong = [
      ...names.map((name) => ({ [name]: '' })),
      { MERIDIAN_REGIONS: 'nowhere' },
      { MERIDIAN_REDIS_URL: 'http://relay:cache-password@cache.example.org' },
      { MERIDIAN_REDIS_URL: 'redis://relay:cache-password@:x' },
      { MERIDIAN_TICKET_KEY: 'secret-word' },
      { MERIDIAN_TICKET_KEY: `${whole.MERIDIAN_TICKET_KEY},` },
      { MERIDIAN_TICKET_KEY: jwk({ crv: 'P-384' }) },
      { MERIDIAN_NONCE_KEY: `${whole.MERIDIAN_NONCE_KEY}=` }
    ]
    for (const more of wrong) {
      const said = saidOf(more)
      expect(secrets.filter((secret) => said.includes(secret))).toEqual([])
    }
  })
})
