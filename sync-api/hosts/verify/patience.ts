// What only time shows: silence, and tickets that run out. Takes as long as a ticket lives.
import { setTimeout as pause } from 'node:timers/promises'
import { heartbeatMs } from '../../protocol/limits'
import { subprotocol } from '../../protocol/version'
import { callWith, expectShut, expectUnknown } from './tickets'
import { connect, type Connection } from './socket'
import type { Visit } from './visit'

/** All at once, since each of them waits. */
export async function lookAtPatience({ target, report, options, newPerson }: Visit): Promise<void> {
  const { silenceMs, sweepMs } = options
  const person = await newPerson()
  const ticket = await person.newTicket()
  const [silent, spent, renewed] = await report.need('three connections are welcomed', () =>
    Promise.all([connect(target, person), connect(target, person), connect(target, person)])
  )
  const { ticketMs } = spent.welcome
  report.note(`the ticket lasts ${Math.round(ticketMs / 1_000)} s: this takes a while longer`)
  const over = new AbortController()
  const talking = [spent, renewed].map((connection) => talk(connection, over.signal))
  await Promise.all([
    report.check('a connection that says nothing is closed', async (add) => {
      add(`with ${await silent.ended(silenceMs + sweepMs)}`)
    }),
    report.check('a connection whose ticket ran out is closed', async (add) => {
      add(`with ${await spent.ended(ticketMs + sweepMs)}`)
    }),
    report.check('one whose ticket was renewed is not', async () => {
      await pause(ticketMs / 2)
      renewed.say({ type: 'renew', ticket: await person.newTicket() })
      await renewed.hear('renewed')
      await pause(ticketMs / 2 + sweepMs)
      renewed.say({ type: 'ping' })
      await renewed.hear('pong')
    })
  ])
  over.abort()
  await Promise.all(talking)
  await report.check('a ticket that ran out opens nothing', async () => {
    await expectShut(target, { protocols: [subprotocol, ticket] })
    expectUnknown(await callWith(target, ticket))
  })
}

/** Says something as often as a client does, until it is over. */
async function talk(connection: Connection, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    connection.say({ type: 'ping' })
    await pause(heartbeatMs, null, { signal: over }).catch(() => null)
  }
}
