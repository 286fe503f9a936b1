// Tickets as JSON Web Tokens, signed with ES256 by a key that never leaves the data folder.
import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import type { Clock, TicketClaims, Tickets } from '../../core/ports'
import { isPersonId } from '../../protocol/ids'
import { ticketLengthMax, ticketLifetimeS } from '../../protocol/limits'
import type { TicketKeys } from './ticket-keys'

export type TicketPlace = {
  /** Who signs and for whom: a ticket of another deployment is not ours. */
  readonly issuer: string
  readonly audience: string
  readonly clock: Clock
}

const algorithm = 'ES256'

export function createTickets(keys: TicketKeys, { issuer, audience, clock }: TicketPlace): Tickets {
  return {
    issue(person) {
      const now = Math.floor(clock.now() / 1_000)
      return new SignJWT()
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(person)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + ticketLifetimeS)
        .sign(keys.privateKey)
    },

    async verify(ticket): Promise<TicketClaims | null> {
      if (ticket.length > ticketLengthMax) return null
      try {
        const { payload } = await jwtVerify(ticket, keys.publicKey, {
          algorithms: [algorithm],
          issuer,
          audience,
          requiredClaims: ['sub', 'jti', 'iat', 'exp'],
          currentDate: new Date(clock.now())
        })
        if (!isPersonId(payload.sub) || payload.exp === undefined) return null
        return { person: payload.sub, expiresAt: payload.exp * 1_000 }
      } catch {
        // Malformed, forged, of another place or out of date: to the caller they are one.
        return null
      }
    }
  }
}
