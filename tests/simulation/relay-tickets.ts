// Tickets of the simulated relay, by its own clock; and whether anybody is served beyond the end of one.
import type { TicketClaims, Tickets } from '../../sync-api/core/ports'
import type { PersonId } from '../../sync-api/protocol/ids'
import type { Clock } from './clock'
import type { World } from './world'

export type RelayTickets = Tickets & {
  give(person: PersonId): { readonly ticket: string; readonly lifetimeMs: number }
  check(ticket: string): TicketClaims | null
  /** The relay says something on a connection that was paid for until `until`, by the relay's clock. */
  serving(until: number): void
}

/** How long after its end a connection may still be served, ms: the relay looks every few seconds. */
const graceMs = 11_000

export function createRelayTickets(world: World, clock: Clock): RelayTickets {
  const { time, oracle } = world

  function give(person: PersonId): { ticket: string; lifetimeMs: number } {
    const lifetimeMs = world.faults.ticketMs
    return { ticket: `${person}.${clock.now() + lifetimeMs}`, lifetimeMs }
  }

  function check(ticket: string): TicketClaims | null {
    const [person, expiresAt] = ticket.split('.')
    if (Number(expiresAt) <= clock.now()) return null
    return { person: person as PersonId, expiresAt: Number(expiresAt) }
  }

  return {
    give,
    check,
    issue: (person) => Promise.resolve(give(person).ticket),
    verify: (ticket) => Promise.resolve(check(ticket)),
    serving(until) {
      // Set forward a moment ago, its clock has ended tickets that the relay has yet to look at.
      if (time.now() - clock.jumpedAt() < graceMs) return
      if (clock.now() > until + graceMs) oracle.broken('a connection outlived its ticket')
    }
  }
}
