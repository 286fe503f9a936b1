// Who may connect: asked by API Gateway before a connection stands. Reads a ticket and two headers, and calls nobody.
import { originHeader } from '../../adapters/aws/deployed-names'
import { importTicketKeys } from '../../adapters/node/ticket-keys'
import { createTickets } from '../../adapters/node/tickets'
import { subprotocol } from '../../protocol/version'
import { handlerOf, type Handler } from './entry'
import { headerOf, type WithHeaders } from './headers'
import { isSecret } from './secrets'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'
import { ticketPlace } from './ticket-place'

export type AuthorizerEvent = WithHeaders & { readonly methodArn: string }

/** As a REQUEST authorizer answers; `context` comes along with every message of the connection. */
export type Permission = {
  readonly principalId: string
  readonly policyDocument: object
  readonly context: { readonly person: string; readonly expiresAt: number }
}

/** What API Gateway answers with 401. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized')
  }
}

async function makeAuthorizer(settings: Settings): Promise<Handler<AuthorizerEvent, Permission>> {
  const keys = await importTicketKeys(settings.ticketKey)
  const clock = { now: (): number => Date.now() }
  const tickets = createTickets(keys, { ...ticketPlace(settings), clock })
  return async (event) => {
    const known = isSecret(headerOf(event, originHeader), settings.originSecret)
    // A page of another origin must not speak for who has Meridian open; what is no page says no origin.
    const origin = headerOf(event, 'origin')
    const ours = origin === undefined || origin === settings.origin
    const [protocol, ticket] = (headerOf(event, 'sec-websocket-protocol') ?? '').split(/ *, */)
    if (!known || !ours || protocol !== subprotocol || ticket === undefined) {
      throw new Unauthorized()
    }
    const claims = await tickets.verify(ticket)
    if (claims === null) throw new Unauthorized()
    const { person, expiresAt } = claims
    const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }]
    const policyDocument = { Version: '2012-10-17', Statement }
    return { principalId: person, policyDocument, context: { person, expiresAt } }
  }
}

/** For an environment of its own. */
export const createAuthorizer = (
  surroundings: Surroundings
): Handler<AuthorizerEvent, Permission> => handlerOf(makeAuthorizer, surroundings)

export const handler = handlerOf(makeAuthorizer)
