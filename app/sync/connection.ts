// One WebSocket to the relay and its whole life: ticket, hello, heartbeat, renewal, back-off, the end.
//
// | state   | what happens                         | then                                             |
// |---------|--------------------------------------|--------------------------------------------------|
// | idle    | start                                | trying                                           |
// | trying  | ticket and socket and welcome come   | up                                               |
// | trying  | any of them fails, or takes too long | waiting, longer each time                        |
// | waiting | its time; online, visible, back      | trying                                           |
// | up      | the socket ends, silence, hand-over  | waiting, shortly                                 |
// | any     | 4401                                 | trying with a fresh ticket; again: waiting       |
// | any     | a refused ticket, 4410               | stopped: only the app can change something       |
// | up      | closed as silent while hidden        | asleep: waiting until the page is seen or online |
import { closeCodes, meansStop } from '../../sync-api/protocol/close-codes'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import { protocolVersion, schemaVersion, subprotocol } from '../../sync-api/protocol/version'
import type { ConnectionState } from '../store/notices'
import { backOffMs } from './back-off'
import { createFrameReader, createFrameWriter, type FrameWriter } from './frames'
import { startHeartbeat, type Heartbeat } from './heartbeat'
import { startRenewal } from './renewal'
import type { AskTicket, OpenSocket, Page, Socket, SyncClock } from './surroundings'

/** From the ticket to the welcome, ms: a link this slow is better tried anew. */
export const attemptMsMax = 20_000

export type ConnectionOptions = {
  readonly openSocket: OpenSocket
  readonly ticket: AskTicket
  /** Name of this release, told in the hello. */
  readonly release: string
  readonly clock: SyncClock
  readonly page: Page
  /** Runs a task at the end of this turn. */
  readonly later: (task: () => void) => void
  readonly listener: ConnectionListener
}

export type ConnectionListener = {
  /** The socket is open and the hello said: what is said now goes in the same frame. */
  readonly onOpen: () => void
  /** Every message but pongs and renewals; the welcome is the first. */
  readonly onMessage: (message: ServerMessage) => void
  /** The connection that was open is gone; nothing said on it counts unless it was answered. */
  readonly onDown: () => void
  readonly onState: (state: ConnectionState) => void
}

export type Connection = {
  start(): void
  /** False, and nothing is said, while no socket is open. */
  say(message: ClientMessage): boolean
  stop(): void
}

type Link = {
  readonly socket: Socket
  readonly writer: FrameWriter
  readonly heartbeat: Heartbeat
}

export function createConnection(options: ConnectionOptions): Connection {
  const { clock, page, listener } = options
  let running = false
  /** Tries since the last welcome. */
  let tries = 0
  let ticketRefused = false
  /** Names one attempt; what belongs to another is late and ignored. */
  let attempt = 0
  let opening: Socket | null = null
  let link: Link | null = null
  let welcomed = false
  let cancelTimer: () => void = () => undefined
  let stopRenewal: () => void = () => undefined
  let stopListening: () => void = () => undefined
  let waiting = false

  function start(): void {
    running = true
    stopListening = page.listen((event) => {
      if (event === 'online' || event === 'visible') wake()
      if (event === 'back') restart()
      if (event === 'offline') link?.heartbeat.probe()
    })
    tryNow()
  }

  function tryNow(): void {
    attempt += 1
    waiting = false
    const mine = attempt
    if (tries === 0) listener.onState({ kind: 'connecting' })
    cancelTimer()
    cancelTimer = clock.after(attemptMsMax, () => fail(mine, 1006))
    const fresh = tries > 0 || ticketRefused
    options.ticket(fresh).then(
      (wish) => {
        if (mine !== attempt || !running) return
        if (wish.kind === 'refused') halt('ticket')
        else open(mine, wish.ticket)
      },
      // Why does not matter: without a ticket there is no connection, and the next try asks again.
      () => fail(mine, 1006)
    )
  }

  function open(mine: number, ticket: string): void {
    const read = createFrameReader()
    const socket = options.openSocket([subprotocol, ticket], {
      onOpen: () => mine === attempt && greet(mine, socket),
      onFrame: (data) => {
        if (mine === attempt) receive(mine, read, data)
      },
      onClose: (code) => fail(mine, code)
    })
    opening = socket
  }

  function greet(mine: number, socket: Socket): void {
    const writer = createFrameWriter((data) => socket.send(data), options.later)
    const ping = (): void => writer.say({ type: 'ping' })
    const heartbeat = startHeartbeat(clock, ping, () => fail(mine, closeCodes.silent))
    link = { socket, writer, heartbeat }
    opening = null
    const { release } = options
    writer.say({ type: 'hello', protocol: protocolVersion, schema: schemaVersion, release })
    listener.onOpen()
  }

  function receive(
    mine: number,
    read: (data: string | Uint8Array) => ServerMessage[],
    data: string | Uint8Array
  ): void {
    let messages: ServerMessage[]
    try {
      messages = read(data)
    } catch {
      // A frame that cannot be read: what it said is lost with it, so begin anew and catch up.
      return fail(mine, closeCodes.badFrame)
    }
    link?.heartbeat.heard()
    for (const message of messages) {
      if (mine === attempt) hear(message)
    }
  }

  function hear(message: ServerMessage): void {
    switch (message.type) {
      case 'pong':
        return
      case 'renewed':
        return renewIn(message.ticketMs)
      case 'hand-over':
        cancelTimer()
        cancelTimer = clock.after(clock.random() * message.afterMs, restart)
        return
      case 'welcome':
        cancelTimer()
        tries = 0
        ticketRefused = false
        welcomed = true
        if (message.binary) link?.writer.useBinary()
        renewIn(message.ticketMs)
        listener.onMessage(message)
        return listener.onState({ kind: 'online' })
      default:
        return listener.onMessage(message)
    }
  }

  function renewIn(ticketMs: number): void {
    stopRenewal()
    stopRenewal = startRenewal(clock, ticketMs, options.ticket, (ticket) => {
      link?.writer.say({ type: 'renew', ticket })
    })
  }

  /** The attempt or the connection `mine` has ended with `code`. */
  function fail(mine: number, code: number): void {
    if (mine !== attempt || !running) return
    const wasUp = welcomed
    drop(code)
    if (code === closeCodes.noTicket && !ticketRefused) {
      // It may only have been too old: a fresh one is worth one try at once.
      ticketRefused = true
      return tryNow()
    }
    // A fresh one too, if a clock was set meanwhile. Who may not have any is told so when asking for it.
    if (meansStop(code) && code !== closeCodes.noTicket) return halt('release')
    if (!wasUp) tries += 1
    // Browsers slow down the timers of hidden pages until the relay finds us silent. Coming back
    // each time would go on for hours with nobody looking.
    if (code === closeCodes.silent && !page.isVisible()) return sleep()
    waitAndTry()
  }

  function waitAndTry(): void {
    waiting = true
    const waitMs = backOffMs(tries, clock.random())
    cancelTimer = clock.after(waitMs, tryNow)
    // A short interruption is not worth a word; from the first failed try on it is.
    if (tries === 0) listener.onState({ kind: 'connecting' })
    else tellOffline(clock.now() + waitMs)
  }

  function sleep(): void {
    waiting = true
    tellOffline(null)
  }

  function tellOffline(nextTryAt: number | null): void {
    listener.onState({ kind: 'offline', nextTryAt: page.isOnline() ? nextTryAt : null })
  }

  /** A sign that trying may help now. */
  function wake(): void {
    if (waiting) {
      tries = 0
      tryNow()
    } else link?.heartbeat.probe()
  }

  /** Leaves this connection, if there is one, for a new one. */
  function restart(): void {
    if (!running) return
    drop(1000)
    tries = 0
    tryNow()
  }

  /** Lets go of the socket and everything that hangs on it. */
  function drop(code: number): void {
    attempt += 1
    cancelTimer()
    stopRenewal()
    opening?.close(1000)
    opening = null
    const gone = link
    link = null
    welcomed = false
    if (gone === null) return
    gone.heartbeat.stop()
    gone.socket.close(code === closeCodes.badFrame ? closeCodes.badFrame : 1000)
    listener.onDown()
  }

  function halt(reason: 'ticket' | 'release'): void {
    stop()
    listener.onState({ kind: 'stopped', reason })
  }

  function stop(): void {
    running = false
    link?.writer.flush()
    drop(1000)
    stopListening()
  }

  return {
    start,
    say(message) {
      link?.writer.say(message)
      return link !== null
    },
    stop
  }
}
