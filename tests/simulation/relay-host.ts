// The relay's place: lives that end at any point, sockets, and a log that outlives them.
import { createMemoryDirectory } from '../../sync-api/adapters/memory/directory'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createMemoryMetrics } from '../../sync-api/adapters/memory/metrics'
import type { Log, TicketClaims } from '../../sync-api/core/ports'
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
import type { Life } from './life'
import { createLifeLog } from './life-log'
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
  issue(person: PersonId): string | null
  /** A socket arrives; null while the host is down. */
  accept(ticket: string, line: HostLine): HostEnd | null
  /** A bulk call; rejects when the host dies, is down, or does not accept the ticket. */
  bulk(ticket: string, messages: readonly ClientMessage[]): Promise<readonly ServerMessage[]>
  /** The relay that runs now; null while it is down. For the desks of the HTTP API. */
  relay(): Relay | null
  crash(): void
}

type Connection = {
  readonly id: string
  readonly line: HostLine
  readonly join: (frame: Uint8Array) => Uint8Array | null
  waiting: Uint8Array[]
  greeted: boolean
}

type RelayLife = Life & {
  readonly relay: Relay
  readonly connections: Map<string, Connection>
  /** Called when it dies. */
  readonly mourners: Set<() => void>
}

/** How often the host sweeps, ms, as the real one does. */
const sweepMs = 5_000

export function createRelayHost(world: World, durable: Log): RelayHost {
  const { time, chance, oracle } = world
  const directory = createMemoryDirectory()
  const binary = chance.happens(0.5)
  const pushesInFlightMax = chance.pick([1, 2, 16])
  let current: RelayLife | null = null
  let count = 0
  let frames = 0

  function start(): void {
    const life: Life = { alive: true }
    const connections = new Map<string, Connection>()
    const die = (why: string): void => {
      if (life.alive) crash(why)
    }
    const log = createLifeLog(world, durable, life, die)
    const relay = createRelay({
      log: log.log,
      directory,
      gateway: {
        send(id, message) {
          const connection = connections.get(id)
          if (!life.alive || connection === undefined) return
          if (log.spendSend()) return die('within its answers')
          for (const said of decodeServerFrame(joinFrame([message]))) {
            world.detail(() => `relay to ${connection.id}: ${summaryOf(said)}`)
            oracle.said(said)
          }
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
      tickets: {
        issue: (person) => Promise.resolve(issue(person)),
        verify: (t) => Promise.resolve(verify(t))
      },
      clock: { now: time.now },
      random: chance.bytes,
      metrics: createMemoryMetrics(),
      region: 'here',
      binary,
      pushesInFlightMax,
      report: (what) => world.tell(`relay: ${what}`)
    })
    current = Object.assign(life, { relay, connections, mourners: new Set<() => void>() })
    const sweep = (): void => {
      if (!life.alive) return
      relay.sweep()
      time.after(sweepMs, sweep)
    }
    time.after(sweepMs, sweep)
    world.tell('relay: starts')
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

  function crash(why: string): void {
    const dying = current
    if (dying === null) return
    current = null
    dying.alive = false
    oracle.relayDied()
    const downMs = chance.pick([10, 300, 5_000])
    world.tell(`relay: dies ${why}, for ${downMs} ms`)
    for (const mourn of dying.mourners) mourn()
    for (const { line } of dying.connections.values()) line.close(1006)
    time.after(downMs, start)
  }

  function issue(person: PersonId): string {
    return `${person}.${time.now() + world.faults.ticketMs}`
  }

  function verify(ticket: string): TicketClaims | null {
    const [person, expiresAt] = ticket.split('.')
    if (Number(expiresAt) <= time.now()) return null
    return { person: person as PersonId, expiresAt: Number(expiresAt) }
  }

  start()
  return {
    issue: (person) => (current === null ? null : issue(person)),
    accept(ticket, line) {
      const life = current
      if (life === null) return null
      const claims = verify(ticket)
      if (claims === null) {
        line.close(closeCodes.noTicket)
        return { receive: () => undefined, gone: () => undefined }
      }
      const id = String(++count)
      const connection: Connection = {
        ...{ id, line, join: createChunkJoiner(chunksToRelayMax), waiting: [], greeted: false }
      }
      life.connections.set(id, connection)
      life.relay.connect(id, claims)
      return {
        receive(frame) {
          if (!life.alive || !life.connections.has(id)) return
          for (const message of messagesOf(connection, frame)) {
            hear(life, connection, claims.person, message)
          }
        },
        gone() {
          if (!life.alive || !life.connections.delete(id)) return
          life.relay.disconnect(id)
        }
      }
    },
    async bulk(ticket, messages) {
      const life = current
      const claims = verify(ticket)
      if (life === null || claims === null) throw new Error('No relay, or no ticket')
      for (const message of messages) oracle.heard(claims.person, message)
      const died = new Promise<never>((_, reject) => {
        life.mourners.add(() => reject(new Error('The relay died')))
      })
      const answers = await Promise.race([life.relay.bulk(claims.person, messages), died])
      for (const answer of answers) oracle.said(answer)
      return answers
    },
    relay: () => current?.relay ?? null,
    crash: () => crash('by chance')
  }

  function hear(
    life: RelayLife,
    connection: Connection,
    person: PersonId,
    message: ClientMessage
  ): void {
    world.detail(() => `relay from ${connection.id}: ${summaryOf(message)}`)
    oracle.heard(person, message)
    if (world.plant === 'ack-before-append' && message.type === 'push') {
      const { document, channel, outbox, n } = message
      const nowhere = { from: new Uint8Array(0), to: new Uint8Array(0) }
      const ack = encodeServerMessage({ type: 'ack', document, channel, outbox, n, ...nowhere })
      tell(life, connection, ack)
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
}

/** A message in a few words. */
function summaryOf(message: ClientMessage | ServerMessage): string {
  const number = 'n' in message ? ` ${message.n} of ${message.outbox}` : ''
  const span = 'from' in message ? ` ${message.from.at(-1) ?? 0}-${message.to.at(-1) ?? 0}` : ''
  const role = 'role' in message ? ` ${message.role}` : ''
  const items = 'items' in message ? ` ${message.items.length}` : ''
  const reason = 'reason' in message ? ` ${message.reason}` : ''
  const code = message.type === 'error' ? ` ${message.code}` : ''
  return message.type + number + span + role + items + reason + code
}
