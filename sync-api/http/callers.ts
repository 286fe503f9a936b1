// Who is calling: the ticket of the Authorization header.
import type { MiddlewareHandler } from 'hono'
import { ticketLengthMax } from '../protocol/limits'
import type { Tickets } from '../core/ports'
import { Refusal } from '../core/refusal'
import type { ApiEnv } from './env'

/** Lets a call through only with a valid ticket, and says whose it is. */
export function requirePerson(tickets: Tickets): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const ticket = /^Bearer ([\w.-]+)$/.exec(context.req.header('Authorization') ?? '')?.[1]
    if (ticket === undefined || ticket.length > ticketLengthMax) throw new Refusal('ticket-invalid')
    const claims = await tickets.verify(ticket)
    if (claims === null) throw new Refusal('ticket-invalid')
    context.set('person', claims.person)
    await next()
  }
}
