// The life of a connection: hello, welcome, messages in their order, an end. Errors cost only itself.
import { closeCodes, type CloseCode } from '../protocol/close-codes'
import { encodeServerMessage } from '../protocol/codec'
import type { ErrorCode } from '../protocol/errors'
import { silenceMsMax } from '../protocol/limits'
import type { ClientMessage, ServerMessage } from '../protocol/messages'
import { protocolVersion, protocolVersionMin } from '../protocol/version'
import type { Connection, Phase } from './subscription'
import type { Conversation } from './conversation'
import { handOverMs, waitingBytesMax, waitingMessagesMax } from './limits'
import type { Clock, ConnectionId, Gateway, TicketClaims } from './ports'
import type { Standing } from './relay'
import type { UnderWay } from './under-way'

export type Router = {
  connect(id: ConnectionId, claims: TicketClaims, before?: Standing): void
  receive(id: ConnectionId, message: ClientMessage): void
  disconnect(id: ConnectionId): void
  /** The connection, while it is open. */
  find(id: ConnectionId): Connection | null
  /** Closes what has been silent for too long, or whose ticket ran out. */
  sweep(): void
  /** Tells every connection to come again soon, and listens to none any more. */
  handOver(): void
  closeAll(): void
}

type Parts = {
  readonly conversation: Conversation
  readonly gateway: Gateway
  readonly clock: Clock
  readonly region: string
  readonly binary: boolean
  readonly pushesInFlightMax: number
  readonly underWay: UnderWay
}

const nothing: ReadonlySet<string> = new Set()

export function createRouter(parts: Parts): Router {
  const { conversation, gateway, clock, region, binary, pushesInFlightMax, underWay } = parts
  const connections = new Map<ConnectionId, Connection>()
  let stopping = false

  function connect(
    id: ConnectionId,
    { person, expiresAt }: TicketClaims,
    before: Standing | null = null
  ): void {
    connections.set(id, {
      id,
      person,
      phase: { kind: before === null ? 'awaiting-hello' : 'welcomed' },
      protocol: before?.protocol ?? 0,
      heardAt: clock.now(),
      expiresAt,
      pulls: 0,
      subscriptions: new Map(),
      standing: before?.listensTo ?? nothing,
      answer: (message: ServerMessage) => gateway.send(id, encodeServerMessage(message))
    })
  }

  function receive(id: ConnectionId, message: ClientMessage): void {
    const connection = connections.get(id)
    // What comes after the hand-over is not acknowledged here: it is sent again elsewhere.
    if (connection === undefined || stopping) return
    connection.heardAt = clock.now()
    const { phase } = connection
    switch (phase.kind) {
      case 'awaiting-hello':
        if (message.type === 'hello') return greet(connection, message.protocol)
        return fail(connection, 'bad-request', closeCodes.badFrame)
      case 'welcomed': {
        const work = handle(connection, message)
        if (work !== null) underWay.add(occupy(connection, work))
        return
      }
      case 'busy':
        return wait(connection, phase, message)
      case 'closed':
        return
    }
  }

  function handle(connection: Connection, message: ClientMessage): Promise<void> | null {
    if (message.type !== 'hello') return conversation.handle(connection, message)
    fail(connection, 'bad-request', closeCodes.badFrame)
    return null
  }

  function greet(connection: Connection, theirs: number): void {
    if (theirs < protocolVersionMin) {
      return fail(connection, 'version-unsupported', closeCodes.tooOld)
    }
    connection.phase = { kind: 'welcomed' }
    connection.protocol = Math.min(theirs, protocolVersion)
    connection.answer({
      type: 'welcome',
      protocol: connection.protocol,
      person: connection.person,
      binary,
      pushesInFlightMax,
      ticketMs: Math.max(0, connection.expiresAt - clock.now()),
      region
    })
  }

  /** Keeps what comes during `work` and handles it in order after. */
  async function occupy(connection: Connection, work: Promise<void>): Promise<void> {
    const busy: Phase & { kind: 'busy' } = { kind: 'busy', waiting: [], waitingBytes: 0 }
    connection.phase = busy
    await work
    // The list grows while it is worked on.
    for (const message of busy.waiting) {
      if (isClosed(connection)) return
      busy.waitingBytes -= bytesOf(message)
      const more = handle(connection, message)
      if (more !== null) await more
    }
    if (!isClosed(connection)) connection.phase = { kind: 'welcomed' }
  }

  function wait(
    connection: Connection,
    busy: Phase & { kind: 'busy' },
    message: ClientMessage
  ): void {
    busy.waiting.push(message)
    busy.waitingBytes += bytesOf(message)
    const over = busy.waiting.length > waitingMessagesMax || busy.waitingBytes > waitingBytesMax
    if (over) fail(connection, 'over-limit', closeCodes.overLimit)
  }

  function fail(connection: Connection, code: ErrorCode, close: CloseCode): void {
    connection.answer({ type: 'error', code, about: null, retryMs: 0 })
    end(connection, close, code)
  }

  function end(connection: Connection, code: CloseCode, reason: string): void {
    disconnect(connection.id)
    gateway.close(connection.id, code, reason)
  }

  function disconnect(id: ConnectionId): void {
    const connection = connections.get(id)
    if (connection === undefined) return
    connections.delete(id)
    connection.phase = { kind: 'closed' }
    conversation.end(connection)
  }

  function sweep(): void {
    const now = clock.now()
    for (const connection of connections.values()) {
      if (now - connection.heardAt > silenceMsMax) end(connection, closeCodes.silent, 'silent')
      else if (now >= connection.expiresAt) {
        end(connection, closeCodes.ticketExpired, 'ticket expired')
      }
    }
  }

  function handOver(): void {
    stopping = true
    for (const connection of connections.values()) {
      connection.answer({ type: 'hand-over', afterMs: handOverMs })
    }
  }

  function closeAll(): void {
    for (const connection of connections.values()) {
      end(connection, closeCodes.goingAway, 'the relay is stopping')
    }
  }

  const find = (id: ConnectionId): Connection | null => connections.get(id) ?? null
  return { connect, receive, disconnect, find, sweep, handOver, closeAll }
}

function isClosed({ phase }: Connection): boolean {
  return phase.kind === 'closed'
}

function bytesOf(message: ClientMessage): number {
  switch (message.type) {
    case 'push':
      return message.update.length
    case 'awareness':
      return message.state?.length ?? 0
    case 'hello':
    case 'subscribe':
    case 'unsubscribe':
    case 'pull':
    case 'renew':
    case 'ping':
    case 'digest':
      return 0
  }
}
