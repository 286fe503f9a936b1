// Who gets a ticket, and which tickets open a socket or a call.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateKeyPair, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { paths, ticketProof } from '../../sync-api/protocol/http'
import { startHost, type TestHost } from '../host'
import { hello, openSocket } from './client'
import { callApi, createDevice, requestTicket, type Device } from './device'

let host: TestHost
let other: TestHost
let device: Device
beforeAll(async () => {
  host = await startHost()
  other = await startHost()
  device = await createDevice(host.url)
})
afterAll(async () => {
  await host.stop()
  await other.stop()
})

async function expectNoEntry(ticket: string): Promise<void> {
  const client = await openSocket(host.url, ticket)
  expect((await client.closed).code).toBe(closeCodes.noTicket)
  const answer = await callApi(host.url, 'GET', paths.devices, undefined, ticket)
  expect(answer).toMatchObject({ status: 401, body: { error: 'ticket-invalid' } })
}

/** A ticket of the relay's own, taken apart. */
async function partsOf(ticket: string): Promise<{ head: object; claims: JWTPayload; mac: string }> {
  const [head, claims, mac] = ticket.split('.')
  const read = (part: string | undefined) =>
    JSON.parse(atob((part ?? '').replaceAll('-', '+').replaceAll('_', '/')))
  return { head: read(head), claims: read(claims), mac: mac ?? '' }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a ticket opens a socket and a call', async () => {
  const ticket = await device.ticket()
  const client = await openSocket(host.url, ticket)
  client.say(hello)
  expect(await client.next()).toMatchObject({ type: 'welcome', person: device.person })
  await client.close()
  expect((await callApi(host.url, 'GET', paths.devices, undefined, ticket)).status).toBe(200)
})

test('a ticket that says alg none is not accepted', async () => {
  const { head, claims } = await partsOf(await device.ticket())
  await expectNoEntry(`${encode({ ...head, alg: 'none' })}.${encode(claims)}.`)
})

test('a ticket signed with another key is not accepted', async () => {
  const { head, claims } = await partsOf(await device.ticket())
  const { privateKey } = await generateKeyPair('ES256')
  const forged = await new SignJWT(claims)
    .setProtectedHeader({ ...head, alg: 'ES256' })
    .sign(privateKey)
  await expectNoEntry(forged)
})

test('a ticket whose claims were altered is not accepted', async () => {
  const { head, claims, mac } = await partsOf(await device.ticket())
  const exp = (claims.exp ?? 0) + 1_000_000
  await expectNoEntry(`${encode(head)}.${encode({ ...claims, exp })}.${mac}`)
})

/** A ticket as the relay itself would sign it, with claims of our own. */
async function signedByRelay(change: (claims: JWTPayload) => JWTPayload): Promise<string> {
  const { head, claims } = await partsOf(await device.ticket())
  const jwk: JWK = JSON.parse(await readFile(join(host.data, 'ticket-key.json'), 'utf8'))
  const key = await importJWK(jwk, 'ES256')
  return new SignJWT(change(claims)).setProtectedHeader({ ...head, alg: 'ES256' }).sign(key)
}

test('a ticket that has run out is not accepted', async () => {
  const client = await openSocket(host.url, await signedByRelay((claims) => claims))
  client.say(hello)
  expect(await client.next()).toMatchObject({ type: 'welcome' })
  await client.close()
  await expectNoEntry(await signedByRelay((claims) => ({ ...claims, exp: (claims.iat ?? 0) - 1 })))
})

test('a ticket for another audience or by another issuer is not accepted', async () => {
  await expectNoEntry(await signedByRelay((claims) => ({ ...claims, aud: 'elsewhere' })))
  await expectNoEntry(await signedByRelay((claims) => ({ ...claims, iss: 'elsewhere' })))
})

test('a ticket of another relay is not accepted', async () => {
  const elsewhere = await createDevice(other.url)
  await expectNoEntry(await elsewhere.ticket())
})

test('a word that is no ticket is not accepted', async () => {
  await expectNoEntry('nonsense')
})

test('without a ticket there is no connection', async () => {
  const client = await openSocket(host.url, '', { protocols: ['meridian.1'] })
  expect((await client.closed).code).toBe(closeCodes.noTicket)
})

test('a wire that the relay does not know is told to take the new release', async () => {
  const client = await openSocket(host.url, '', {
    protocols: ['meridian.99', await device.ticket()]
  })
  expect((await client.closed).code).toBe(closeCodes.tooOld)
})

test('a nonce gives one ticket', async () => {
  const { body } = await callApi<{ nonce: string }>(host.url, 'GET', paths.nonce)
  const { nonce } = body
  const signature = await device.sign(ticketProof(device.person, nonce))
  const request = { person: device.person, key: device.key, nonce, signature }
  expect((await callApi(host.url, 'POST', paths.tickets, request)).status).toBe(200)
  expect(await callApi(host.url, 'POST', paths.tickets, request)).toMatchObject({
    status: 401,
    body: { error: 'ticket-expired' }
  })
})

test('a nonce of another relay gives none', async () => {
  const { body } = await callApi<{ nonce: string }>(other.url, 'GET', paths.nonce)
  const signature = await device.sign(ticketProof(device.person, body.nonce))
  const change = (request: object) => ({ ...request, nonce: body.nonce, signature })
  expect((await requestTicket(host.url, device, change)).status).toBe(401)
})

test('a signature by another key gives none', async () => {
  const stranger = await createDevice(host.url)
  const change = (request: object) => ({ ...request, key: stranger.key })
  expect(await requestTicket(host.url, device, change)).toMatchObject({
    status: 401,
    body: { error: 'ticket-invalid' }
  })
})

test('a key that does not speak for the person gets none', async () => {
  await device.ticket()
  const thief = await createDevice(host.url, device.person)
  expect((await requestTicket(host.url, thief)).status).toBe(401)
})

test.each([
  ['a person of another form', { person: 'somebody' }],
  ['a key that is no key', { key: { kty: 'RSA' } }],
  [
    'a point that is not on the curve',
    { key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }
  ],
  ['a nonce of another form', { nonce: 'now' }],
  ['a signature of another form', { signature: 'me' }]
])('%s is a bad request', async (_, wrong) => {
  const answer = await requestTicket(host.url, device, (request) => ({ ...request, ...wrong }))
  expect(answer).toMatchObject({ status: 400, body: { error: 'bad-request' } })
})
