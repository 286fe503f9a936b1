// Tickets that are only remembered: proof within one process.
import type { Clock, TicketClaims, Tickets } from '../../core/ports'

export function createMemoryTickets(clock: Clock, lifetimeMs: number): Tickets {
  const issued = new Map<string, TicketClaims>()
  return {
    async issue(person) {
      const ticket = `ticket-${issued.size + 1}`
      issued.set(ticket, { person, expiresAt: clock.now() + lifetimeMs })
      return ticket
    },
    async verify(ticket) {
      const claims = issued.get(ticket)
      return claims === undefined || claims.expiresAt <= clock.now() ? null : claims
    }
  }
}
