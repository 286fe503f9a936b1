// What all tickets keep to. Run on each adapter by tickets.test.ts.
import { describe, expect, it } from 'vitest'
import type { Clock, Tickets } from '../../sync-api/core/ports'
import { ticketLengthMax, ticketLifetimeS } from '../../sync-api/protocol/limits'
import { personOf } from './log-samples'

export function ticketsContract(name: string, make: (clock: Clock) => Promise<Tickets>): void {
  describe(`tickets ${name}`, () => {
    const person = personOf(3)
    const madeAt = 1_700_000_000_000
    const lifetimeMs = ticketLifetimeS * 1_000

    async function timed(): Promise<{ tickets: Tickets; time: { now: number } }> {
      const time = { now: madeAt }
      return { tickets: await make({ now: () => time.now }), time }
    }

    it('say whose they are and until when', async () => {
      const { tickets } = await timed()
      const ticket = await tickets.issue(person)
      expect(ticket.length).toBeLessThanOrEqual(ticketLengthMax)
      const expiresAt = madeAt + lifetimeMs
      expect(await tickets.verify(ticket)).toEqual({ person, expiresAt })
    })

    it('are worth nothing once they ran out [TK4]', async () => {
      const { tickets, time } = await timed()
      const ticket = await tickets.issue(person)
      time.now += lifetimeMs - 1
      expect(await tickets.verify(ticket)).not.toBeNull()
      time.now += 1
      expect(await tickets.verify(ticket)).toBeNull()
    })

    it('are not anything else that looks like one [TK4]', async () => {
      const { tickets } = await timed()
      const ticket = await tickets.issue(person)
      for (const other of ['', 'a.b.c', `${ticket}x`, ticket.slice(0, -4), 'x'.repeat(5_000)]) {
        expect(await tickets.verify(other)).toBeNull()
      }
    })

    it('differ each time they are issued', async () => {
      const { tickets } = await timed()
      expect(await tickets.issue(person)).not.toBe(await tickets.issue(person))
    })
  })
}
