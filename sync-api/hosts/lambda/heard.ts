// A message on its way into the relay.
import type { ConnectionId, TicketClaims } from '../../core/ports'

/** A message of a connection, as the gateway gave it. */
export type Heard = {
  readonly connection: ConnectionId
  readonly claims: TicketClaims
  readonly frame: Uint8Array
  /** When the gateway took it, ms since 1970. */
  readonly at: number
  /** Whether what reads a whole log may be answered by the function that has time. */
  readonly mayHandOver: boolean
}
