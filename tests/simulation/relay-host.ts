// The relay's place: lives that end at any point, sockets, and a log that outlives them.
import { createMemoryDirectory } from '../../sync-api/adapters/memory/directory'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createMemoryMetrics } from '../../sync-api/adapters/memory/metrics'
import type { Log } from '../../sync-api/core/ports'
import { createRelay } from '../../sync-api/core/create-relay'
import type { Relay } from '../../sync-api/core/relay'
import { createChunkJoiner, splitFrame } from '../../sync-api/protocol/chunks'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { fromText, toText } from '../../sync-api/protocol/coat'
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeServerMessage,
  joinFrame
} from '../../sync-api/protocol/codec'
import { ProtocolError } from '../../sync-api/protocol/errors'
import type { PersonId } from '../../sync-api/protocol/ids'
import { chunksToClientMax, chunksToRelayMax } from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import type { DurableLog } from './backups'
import { createBounds } from './bounds'
import { createClock, type Clock } from './clock'
import type { Life } from './life'
import { createLifeLog } from './life-log'
import { createRelayTickets, type RelayTickets } from './relay-tickets'
import { summaryOf } from './summary'
import type { World } from './world'

/** What the host does with the other end of a socket. */
export type HostLine = {
  send(frame: string | Uint8Array): void
  close(code: number): void
}

/** A socket as the network sees it at the host. */
export type HostEnd = {
  receive(frame: string | Uint8Array): void
  /** The other end is gone. */
  gone(): void
}

export type RelayHost = {
  /** A ticket for a person; null while the host is down. */
  issue(person: PersonId): ReturnType<RelayTickets['give']> | null
  /** A socket arrives; null while the host is down. */
  accept(ticket: string, line: HostLine): HostEnd | null
  /** A bulk call; null when the ticket is not good. Rejects when the host is down, or dies. */
  bulk(ticket: string, messages: readonly ClientMessage[]): Promise<readonly ServerMessage[] | null>
  /** The relay that runs now; null while it is down. For the desks of the HTTP API. */
  relay(): Relay | null
  /** The log as the relay that runs now sees it. */
  log(): Log | null
  crash(): void
  /** It goes down, its log is set back to the last backup, and it starts. */
  restore(): void
  readonly clock: Clock
}

type Connection = {
  readonly id: string
  readonly person: PersonId
  readonly line: HostLine
  readonly join: (frame: Uint8Array) => Uint8Array | null
  waiting: Uint8Array[]
  greeted: boolean
  /** Until when its tickets reach, by the relay's clock. */
  paidUntil: number
}

type RelayLife = Life & {
  readonly relay: Relay
  readonly log: Log
  readonly connections: Map<string, Connection>
  /** Called when it dies. */
  readonly mourners: Set<() => void>
}

/** How often the host sweeps, ms, as the real one does. */
const sweepMs = 5_000

export function createRelayHost(world: World, durable: DurableLog): RelayHost {
  const { time, chance, oracle } = world
  const directory = createMemoryDirectory()
  const clock = createClock(world, 'relay')
  const tickets = createRelayTickets(world, clock)
  const binary = chance.happens(0.5)
  const pushesInFlightMax = chance.pick([1, 2, 16])
  const bounds = createBounds(pushesInFlightMax)
  let current: RelayLife | null = null
  let count = 0
  let frames = 0

  function start(): void {
    const life: Life = { alive: true }
    const connections = new Map<string, Connection>()
    const lifeLog = createLifeLog(world, durable, life, (why) => life.alive && crash(why))
    const relay = createRelay({
      ...{ log: lifeLog.log, directory, tickets, binary, pushesInFlightMax },
      receiptKey: new Uint8Array(32).fill(7),
      gateway: {
        send(id, message) {
          const connection = connections.get(id)
          if (!life.alive || connection === undefined) return
          if (lifeLog.spendSend()) return crash('within its answers')
          say(connection, message)
          tell(life, connection, message)
        },
        close(id, code) {
          const connection = connections.get(id)
          if (!life.alive || connection === undefined) return
          flush(connection)
          connection.line.close(code)
        }
      },
      folder: createMemoryFolder(),
      clock,
      random: chance.bytes,
      metrics: createMemoryMetrics(),
      region: 'here',
      report: (what) => world.tell(`relay: ${what}`)
    })
    current = Object.assign(life, {
      ...{ relay, log: lifeLog.log, connections, mourners: new Set<() => void>() }
    })
    const sweep = (): void => {
      if (!life.alive) return
      relay.sweep()
      if (connections.size > 0) time.after(sweepMs, sweep)
      else sweeping = false
    }
    let sweeping = false
    sweepSoon = () => {
      if (!sweeping) time.after(sweepMs, sweep)
      sweeping = true
    }
    world.tell('relay: starts')
  }
  /** Where nobody is connected there is nothing to sweep, for days if need be. */
  let sweepSoon = (): void => undefined

  /** The same bytes go to many connections. */
  const readBefore = new WeakMap<Uint8Array, readonly ServerMessage[]>()
  function read(message: Uint8Array): readonly ServerMessage[] {
    const known = readBefore.get(message) ?? decodeServerFrame(joinFrame([message]))
    readBefore.set(message, known)
    return known
  }

  /** What the oracle has to know of a message on its way out. */
  function say(connection: Connection, message: Uint8Array): void {
    for (const said of read(message)) {
      world.detail(() => `relay to ${connection.id}: ${summaryOf(said)}`)
      oracle.said(connection.person, said)
      bounds.said(connection.id, said)
    }
    tickets.serving(connection.paidUntil)
  }

  function tell(life: Life, connection: Connection, message: Uint8Array): void {
    if (!connection.greeted) {
      // The welcome goes alone and as text: what follows it may be binary.
      connection.greeted = true
      return connection.line.send(toText(joinFrame([message])))
    }
    if (connection.waiting.length === 0) time.after(0, () => life.alive && flush(connection))
    connection.waiting.push(message)
  }

  function flush(connection: Connection): void {
    const messages = connection.waiting
    connection.waiting = []
    if (messages.length === 0) return
    for (const frame of splitFrame(joinFrame(messages), ++frames, chunksToClientMax)) {
      connection.line.send(binary ? frame : toText(frame))
    }
  }

  function stop(why: string): boolean {
    const dying = current
    if (dying === null) return false
    current = null
    dying.alive = false
    oracle.relayDied()
    world.tell(`relay: dies ${why}`)
    for (const mourn of dying.mourners) mourn()
    for (const { line } of dying.connections.values()) line.close(1006)
    return true
  }

  function crash(why: string): void {
    if (stop(why)) time.after(chance.pick([10, 300, 5_000]), start)
  }

  function restore(): void {
    if (!stop('and is set back to a backup')) return
    void durable.restore().then((kept) => kept !== null && oracle.restored(kept))
    time.after(chance.below(3_000), start)
  }

  function accept(ticket: string, line: HostLine): HostEnd | null {
    const life = current
    if (life === null) return null
    const claims = tickets.check(ticket)
    if (claims === null) {
      line.close(closeCodes.noTicket)
      return { receive: () => undefined, gone: () => undefined }
    }
    const id = String(++count)
    const { person, expiresAt } = claims
    const connection: Connection = {
      ...{ id, person, line, join: createChunkJoiner(chunksToRelayMax), waiting: [] },
      ...{ greeted: false, paidUntil: endOf(ticket) }
    }
    life.connections.set(id, connection)
    life.relay.connect(id, { person, expiresAt })
    sweepSoon()
    return {
      receive(frame) {
        if (!life.alive || !life.connections.has(id)) return
        for (const message of messagesOf(connection, frame)) hear(life, connection, message)
      },
      gone() {
        bounds.ended(id)
        if (!life.alive || !life.connections.delete(id)) return
        life.relay.disconnect(id)
      }
    }
  }

  function hear(life: RelayLife, connection: Connection, message: ClientMessage): void {
    world.detail(() => `relay from ${connection.id}: ${summaryOf(message)}`)
    oracle.heard(connection.person, message)
    const over = bounds.heard(connection.id, message, time.now())
    if (over !== null) oracle.broken(over)
    if (message.type === 'renew' && tickets.check(message.ticket) !== null) {
      connection.paidUntil = Math.max(connection.paidUntil, endOf(message.ticket))
    }
    if (world.plant === 'ack-before-append' && message.type === 'push') {
      const { document, channel, outbox, n } = message
      const nowhere = { from: new Uint8Array(0), to: new Uint8Array(0) }
      const ack = { type: 'ack', document, channel, outbox, n, ...nowhere } as const
      oracle.said(connection.person, ack)
      tell(life, connection, encodeServerMessage(ack))
    }
    life.relay.receive(connection.id, message)
  }

  function messagesOf(connection: Connection, data: string | Uint8Array): ClientMessage[] {
    try {
      const frame = connection.join(typeof data === 'string' ? fromText(data) : data)
      return frame === null ? [] : decodeClientFrame(frame)
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause
      oracle.broken(`the relay could not read a frame: ${cause.message}`)
      return []
    }
  }

  async function bulk(
    ticket: string,
    messages: readonly ClientMessage[]
  ): Promise<readonly ServerMessage[] | null> {
    const life = current
    if (life === null) throw new Error('There is no relay')
    const claims = tickets.check(ticket)
    if (claims === null) return null
    const { person } = claims
    for (const message of messages) {
      world.detail(() => `relay by HTTP: ${summaryOf(message)}`)
      oracle.heard(person, message)
    }
    const died = new Promise<never>((_, reject) => {
      life.mourners.add(() => reject(new Error('The relay died')))
    })
    const answers = await Promise.race([life.relay.bulk(person, messages), died])
    for (const answer of answers) {
      world.detail(() => `relay by HTTP answers: ${summaryOf(answer)}`)
      oracle.said(person, answer)
    }
    return answers
  }

  start()
  return {
    clock,
    accept,
    bulk,
    restore,
    issue: (person) => (current === null ? null : tickets.give(person)),
    relay: () => current?.relay ?? null,
    log: () => current?.log ?? null,
    crash: () => crash('by chance')
  }
}

/** When a ticket ends, by the relay's clock. */
function endOf(ticket: string): number {
  return Number(ticket.split('.')[1])
}
