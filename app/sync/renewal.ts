// Keeps a connection's ticket young: fetches the next one well before this one runs out.
import { backOffMs } from './back-off'
import type { AskTicket, SyncClock } from './surroundings'

/** How long before its end a ticket is renewed, ms: room for several failed tries. */
export const renewBeforeMs = 120_000

/** `say` is called once with a fresh ticket. Answers its stop. */
export function startRenewal(
  clock: SyncClock,
  ticketMs: number,
  ticket: AskTicket,
  say: (ticket: string) => void
): () => void {
  let stopped = false
  let tries = 0
  let cancel = clock.after(Math.max(ticketMs - renewBeforeMs, ticketMs / 2), renew)

  function renew(): void {
    ticket(true).then(
      (wish) => {
        // Refused: the relay closes the connection when the ticket runs out, and says why.
        if (!stopped && wish.kind === 'ticket') say(wish.ticket)
      },
      () => {
        if (stopped) return
        cancel = clock.after(backOffMs(tries, clock.random()), renew)
        tries += 1
      }
    )
  }

  return () => {
    stopped = true
    cancel()
  }
}
