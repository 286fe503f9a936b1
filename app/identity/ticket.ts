// Tickets: the relay's nonce signed by this device's key, and the ticket kept while it lasts.
import { paths, ticketProof, type TicketRequest } from '../../sync-api/protocol/http'
import { call, type Fetch } from './call'
import { ApiFailure } from './failure'
import type { DeviceIdentity } from './keys'

/** A ticket this close to its end is not handed out any more, ms: it must outlive the call. */
const marginMs = 60_000

export type TicketsOptions = {
  readonly identity: DeviceIdentity
  readonly fetch: Fetch
  /** Of the relay: `location.origin`. */
  readonly origin: string
  /** ms since 1970. */
  readonly now: () => number
}

export type TicketAnswer =
  | { readonly kind: 'ticket'; readonly ticket: string }
  /** The relay does not know this device: asking again will not help. */
  | { readonly kind: 'refused' }

/**
 * Answers a ticket, kept from an earlier call unless a `fresh` one is asked for. Works in page and
 * worker. Rejects with an ApiFailure that is worth another try.
 */
export function createTickets(options: TicketsOptions): (fresh: boolean) => Promise<TicketAnswer> {
  const { now } = options
  let kept = { ticket: '', until: 0 }
  let asking: Promise<TicketAnswer> | null = null

  async function ask(): Promise<TicketAnswer> {
    try {
      const { ticket, lifetimeMs } = await requestTicket(options)
      kept = { ticket, until: now() + lifetimeMs - marginMs }
      return { kind: 'ticket', ticket }
    } catch (cause) {
      if (cause instanceof ApiFailure && cause.code === 'ticket-invalid') return { kind: 'refused' }
      throw cause
    } finally {
      asking = null
    }
  }

  return (fresh) => {
    if (!fresh && now() < kept.until) {
      return Promise.resolve({ kind: 'ticket', ticket: kept.ticket })
    }
    asking ??= ask()
    return asking
  }
}

async function requestTicket({
  identity,
  fetch,
  origin
}: TicketsOptions): Promise<{ ticket: string; lifetimeMs: number }> {
  const { nonce } = fieldsOf(await call(fetch, origin, { method: 'GET', path: paths.nonce }))
  if (typeof nonce !== 'string') throw new ApiFailure('offline')
  const { person, publicKey: key } = identity
  const signature = await identity.sign(ticketProof(person, nonce))
  const body: TicketRequest = { person, key, nonce, signature }
  const answer = await call(fetch, origin, { method: 'POST', path: paths.tickets, body })
  const { ticket, lifetimeMs } = fieldsOf(answer)
  if (typeof ticket !== 'string' || typeof lifetimeMs !== 'number') throw new ApiFailure('offline')
  return { ticket, lifetimeMs }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new ApiFailure('offline')
  return value as Record<string, unknown>
}
