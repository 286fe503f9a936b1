// Who gets a ticket, and which tickets open the deployment.
import { generateKeyPair, SignJWT } from 'jose'
import { paths } from '../../protocol/http'
import { toBase64Url } from '../../protocol/ids'
import { subprotocol } from '../../protocol/version'
import { createPerson, expectStatus, requestTicket, saidBy, type Person } from './person'
import { expect, Wrong } from './report'
import { hello, knock, openSocket, type Offer } from './socket'
import { createTarget, jsonOf, parseObject, type Answer, type Target } from './target'
import type { Visit } from './visit'

export async function lookAtTickets({ target, report, options, newPerson }: Visit): Promise<void> {
  const person = await newPerson()
  const ticket = await report.need(
    'a stranger with a new key gets a ticket',
    () => person.ticket(),
    'the log of the process, or of the function "http"; its ticket and nonce keys; its table'
  )
  await report.check('the ticket opens a call', async () => {
    expectStatus(await callWith(target, ticket), 200)
  })
  await report.need(
    `the ticket opens a socket, which answers "${subprotocol}"`,
    async () => {
      const socket = await openSocket(target, person)
      expect(socket.subprotocol === subprotocol, `it answers "${socket.subprotocol.slice(0, 20)}"`)
      await socket.close()
    },
    'whether a proxy passes WebSockets on; on AWS the functions "authorizer" and "socket" ($connect must return the header)'
  )
  const forgeries = await report.need('a ticket is what the protocol says', () => forge(ticket))
  for (const { what, ticket: forged } of forgeries) {
    await report.check(`${what} opens nothing`, async () => {
      await expectShut(target, { protocols: [subprotocol, forged] })
      expectUnknown(await callWith(target, forged))
    })
  }
  await report.check('without a ticket nothing opens', async () => {
    await expectShut(target, { protocols: [subprotocol] })
    expectUnknown(await target.ask(paths.devices))
  })
  await report.check('a good ticket in a URL opens nothing', async () => {
    const query = `?ticket=${ticket}`
    await expectShut(target, { protocols: [subprotocol], query })
    expectUnknown(await target.ask(paths.devices + query))
  })
  await lookAtGiving(target, report, person)
  for (const address of options.behind) {
    await report.check(`whoever goes to ${address} straight is turned away`, async () => {
      const behind = createTarget(address, target.limitMs)
      const answer = await behind.ask(paths.nonce)
      expect(answer.status >= 400, `a call was answered ${saidBy(answer)}`)
      await expectShut(behind, { protocols: [subprotocol, await person.ticket()] })
      behind.cutAll()
    })
  }
}

async function lookAtGiving(
  target: Target,
  report: Visit['report'],
  person: Person
): Promise<void> {
  const thief = await createPerson(target)
  await report.check('a key that is not the person’s gets no ticket', async () => {
    const answer = await requestTicket(target, { ...thief, id: person.id })
    expectUnknown(answer)
  })
  await report.check('a signature of another key gets no ticket', async () => {
    const answer = await requestTicket(target, { ...person, sign: thief.sign })
    expectUnknown(answer)
  })
  await report.check('a nonce that was never given gets no ticket', async () => {
    const nonce = `${Date.now() + 30_000}.${'A'.repeat(22)}.${'A'.repeat(43)}`
    const signature = await person.sign(`meridian ticket ${person.id} ${nonce}`)
    const change = (request: object): Record<string, unknown> => ({ ...request, nonce, signature })
    const answer = await requestTicket(target, person, change)
    expect(answer.status === 400 || answer.status === 401, `answered ${saidBy(answer)}`)
  })
  await report.check(
    'a page of another site may not call',
    async () => {
      const headers = { Origin: 'https://elsewhere.invalid', 'Content-Type': 'application/json' }
      const answer = await target.ask(paths.tickets, { method: 'POST', headers, body: '{}' })
      expectStatus(answer, 403)
      expect(jsonOf(answer).error === 'origin-not-allowed', 'it says no "origin-not-allowed"')
    },
    'the public address that the deployment was told (--origin, MERIDIAN_ORIGIN)'
  )
}

type Forgery = { readonly what: string; readonly ticket: string }

/** Tickets that are none, made of one that is. */
async function forge(ticket: string): Promise<readonly Forgery[]> {
  const [head = '', claims = '', mac = ''] = ticket.split('.')
  const header = partOf(head)
  const payload = partOf(claims)
  expect(typeof payload.exp === 'number', 'it says no time at which it runs out')
  const seconds = Math.floor(Date.now() / 1_000)
  const altered = (exp: number): string => `${head}.${encode({ ...payload, exp })}.${mac}`
  const { privateKey } = await generateKeyPair('ES256')
  const signed = new SignJWT(payload).setProtectedHeader({ ...header, alg: 'ES256' })
  return [
    { what: 'a ticket made to last longer', ticket: altered(payload.exp + 86_400) },
    { what: 'a ticket made to have run out', ticket: altered(seconds - 60) },
    { what: 'a ticket signed by another key', ticket: await signed.sign(privateKey) },
    {
      what: 'a ticket that says it needs no signature',
      ticket: `${encode({ ...header, alg: 'none' })}.${claims}.`
    },
    { what: 'a word that is no ticket', ticket: 'nonsense' }
  ]
}

function partOf(text: string): Readonly<Record<string, unknown>> {
  const part = parseObject(Buffer.from(text, 'base64url').toString())
  if (part === null) throw new Wrong('it is no JSON Web Token')
  return part
}

function encode(value: object): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify(value)))
}

/** A call that needs a ticket. */
export function callWith(target: Target, ticket: string): Promise<Answer> {
  return target.ask(paths.devices, { headers: { Authorization: `Bearer ${ticket}` } })
}

/** Throws Wrong unless the API says that it does not know who calls. */
export function expectUnknown(answer: Answer): void {
  expect(answer.status === 401 || answer.status === 403, `a call was answered ${saidBy(answer)}`)
  expect(typeof jsonOf(answer).error === 'string', `a call was answered ${saidBy(answer)}`)
}

/** A gateway refuses the handshake; a host accepts it to say in the close code why it does not go on. */
export async function expectShut(target: Target, offer: Offer): Promise<void> {
  const answer = await knock(target, offer)
  if (answer.kind === 'refused') {
    const shut = answer.status >= 400 && answer.status < 500
    return expect(shut, `a handshake was answered ${answer.status}, not 401 or 403`)
  }
  const { socket } = answer
  socket.say(hello)
  const isIn = await Promise.race([
    socket.hear('welcome').then(
      () => true,
      () => false
    ),
    socket.ended().then(() => false)
  ])
  if (!isIn) await socket.ended()
  socket.cut()
  expect(!isIn, 'a socket was welcomed')
}
