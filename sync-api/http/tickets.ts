// Getting a ticket: a nonce, signed by a key that speaks for the person.
import { paths, ticketProof, type NonceAnswer, type TicketAnswer } from '../protocol/http'
import { ticketLifetimeS } from '../protocol/limits'
import type { Tickets } from '../core/ports'
import { Refusal } from '../core/refusal'
import type { Relay } from '../core/relay'
import { limitJson, parseTicketRequest, readJson } from './bodies'
import type { Api } from './env'
import { deviceKeyOf } from './keys'
import type { Nonces } from './nonces'

type Parts = { readonly relay: Pick<Relay, 'people'>; readonly tickets: Tickets }

export function addTickets(api: Api, { relay, tickets }: Parts, nonces: Nonces): void {
  api.get(paths.nonce, async (context) => {
    const body: NonceAnswer = { nonce: await nonces.make() }
    return context.json(body)
  })
  api.post(paths.tickets, limitJson, async (context) => {
    const request = await readJson(context, parseTicketRequest)
    await nonces.check(request.nonce)
    const key = await deviceKeyOf(request.key)
    const proof = ticketProof(request.person, request.nonce)
    if (!(await key.signed(proof, request.signature))) throw new Refusal('ticket-invalid')
    nonces.spend(request.nonce)
    await relay.people.admit(request.person, request.key, key.spki)
    const body: TicketAnswer = {
      ticket: await tickets.issue(request.person),
      lifetimeMs: ticketLifetimeS * 1000
    }
    return context.json(body)
  })
}
