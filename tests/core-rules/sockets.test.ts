// Real sockets of one process: tickets at the door, both coats, and who pays for what goes wrong.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { createSocketGateway, type SocketGateway } from '../../sync-api/adapters/node/gateway'
import { acceptSockets } from '../../sync-api/adapters/node/upgrades'
import { encodeClientMessage, joinFrame } from '../../sync-api/protocol/codec'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { paths } from '../../sync-api/protocol/http'
import { documentIdOf } from '../../sync-api/protocol/ids'
import { subprotocol } from '../../sync-api/protocol/version'
import { connect, hello, openSocket } from '../wire/client'
import { atRest, createBed, nonce, pushOf, writtenBy, subscribeTo, type Bed } from './bed'

type Place = { readonly bed: Bed; readonly url: string; readonly closes: readonly number[] }

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

test('[CO1] a valid ticket in the subprotocol opens a connection of its person', async () => {
  const { bed, url } = await openPlace()
  const person = bed.person()
  const client = await openSocket(url, await bed.tickets.issue(person))
  client.say(hello)
  expect(await client.next()).toMatchObject({ type: 'welcome', person })
  await client.close()
})

test('[CO1] without a valid ticket there is no connection', async () => {
  const { url } = await openPlace()
  for (const protocols of [[subprotocol], [subprotocol, 'ticket-99']]) {
    const client = await openSocket(url, '', { protocols })
    expect((await client.closed).code).toBe(closeCodes.noTicket)
  }
})

test('[CO1] a ticket in the address is not looked at', async () => {
  const { bed, url } = await openPlace()
  const ticket = await bed.tickets.issue(bed.person())
  const address = `${url.replace('http', 'ws')}${paths.socket}?ticket=${ticket}`
  const socket = new WebSocket(address, [subprotocol])
  const [code] = await once(socket, 'close')
  expect(code).toBe(closeCodes.noTicket)
})

test('[FR7] the relay speaks text until its welcome says binary, and takes both always', async () => {
  const { bed, url } = await openPlace()
  for (const coat of ['text', 'binary'] as const) {
    const client = await connect(url, await bed.tickets.issue(bed.person()), { coat })
    client.say({ type: 'ping' })
    await client.hear('pong')
    expect(client.coats()).toEqual(['text', 'binary'])
    await client.close()
  }
})

test('[CO6] a bad frame closes its own connection and disturbs no other', async () => {
  const { bed, url } = await openPlace()
  const bystander = await connect(url, await bed.tickets.issue(bed.person()))
  for (const data of ['not base64', new Uint8Array([9]), new Uint8Array([2, 8, 0])]) {
    const client = await connect(url, await bed.tickets.issue(bed.person()))
    client.send(data)
    expect((await client.closed).code).toBe(closeCodes.badFrame)
    bystander.say({ type: 'ping' })
    expect(await bystander.hear('pong')).toEqual({ type: 'pong' })
  }
  await bystander.close()
})

test('[CO9] who does not read is closed as too slow, and catches up when they come again', async () => {
  const { bed, url, closes } = await openPlace()
  const person = bed.person()
  const content = { document: documentIdOf(person, nonce), channel: 'content' } as const
  const ticket = await bed.tickets.issue(person)
  const reader = new WebSocket(url.replace('http', 'ws') + paths.socket, [subprotocol, ticket])
  await once(reader, 'open')
  const first = [hello, subscribeTo(content, nonce)].map(encodeClientMessage)
  reader.send(joinFrame(first))
  // The welcome and what follows it in the same turn, or the turn after.
  await once(reader, 'message')
  reader.pause()
  const text = 'x'.repeat(250_000)
  let n = 0
  // As much as the system's own buffers take, and then what the relay is ready to hold.
  while (closes.length === 0 && n < 400) {
    n += 1
    await bed.relay.bulk(person, [pushOf(content, n, writtenBy(person, content, text))])
    await atRest()
  }
  expect(closes).toEqual([closeCodes.tooSlow])
  reader.terminate()
  const again = await connect(url, ticket)
  again.say({ type: 'pull', ...content, cursor: new Uint8Array(0) })
  // All of it is there; folded by now, it may be for HTTP to carry.
  const { overHttp, entries } = await again.hear('catch-up')
  expect(overHttp || entries.length > 0).toBe(true)
  await again.close()
}, 60_000)

/** A relay behind a real server; `closes` are the codes it has closed sockets with. */
async function openPlace(): Promise<Place> {
  const failures: unknown[] = []
  const closes: number[] = []
  const inner = createSocketGateway((failure) => failures.push(failure))
  const gateway: SocketGateway = {
    ...inner,
    add(socket, raw, claims, relay) {
      const close = socket.close.bind(socket)
      socket.close = (code, reason) => {
        if (code !== undefined) closes.push(code)
        close(code, reason)
      }
      inner.add(socket, raw, claims, relay)
    }
  }
  const bed = createBed({ gateway })
  const server = createServer()
  servers.push(server)
  const { relay, tickets } = bed
  const report = (failure: unknown): void => void failures.push(failure)
  acceptSockets(server, {
    relay,
    tickets,
    gateway,
    allows: () => true,
    ready: () => true,
    report
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { bed, url: `http://127.0.0.1:${port}`, closes }
}
