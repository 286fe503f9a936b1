// A connection whose socket, page, ticket and time a test holds in its hands.
import { decodeClientFrame, encodeServerMessage, joinFrame } from '../../sync-api/protocol/codec'
import { createChunkJoiner } from '../../sync-api/protocol/chunks'
import { fromText } from '../../sync-api/protocol/coat'
import type { PersonId } from '../../sync-api/protocol/ids'
import { chunksToRelayMax } from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import type { ConnectionState } from '../../app/store/notices'
import { createConnection } from '../../app/sync/connection'
import type { PageEvent, SocketEvents, TicketAnswer } from '../../app/sync/surroundings'
import { createVirtualClock, settle } from './virtual-clock'

export type FakeSocket = {
  readonly protocols: readonly string[]
  readonly sent: (string | Uint8Array)[]
  /** Why we closed it; null while we have not. */
  closed: number | null
  open(): Promise<void>
  say(...messages: ServerMessage[]): Promise<void>
  /** Everything said on it so far. */
  heard(): ClientMessage[]
  end(code: number): Promise<void>
}

export const welcome: ServerMessage & { type: 'welcome' } = {
  type: 'welcome',
  protocol: 1,
  person: 'AAAAAAAAAAAAAAAAAAAAAA' as PersonId,
  binary: true,
  pushesInFlightMax: 16,
  ticketMs: 600_000,
  region: 'here'
}

export function createConnectionBed() {
  const clock = createVirtualClock()
  const sockets: FakeSocket[] = []
  const asked: boolean[] = []
  const states: ConnectionState[] = []
  const heard: ServerMessage[] = []
  const listeners = new Set<(event: PageEvent) => void>()
  const page = { visible: true, online: true }
  let answer: () => Promise<TicketAnswer> = () =>
    Promise.resolve({ kind: 'ticket', ticket: `ticket-${asked.length}` })
  let ups = 0
  let downs = 0

  const connection = createConnection({
    openSocket: (protocols, events) => {
      const socket = createFakeSocket(protocols, events)
      sockets.push(socket)
      return {
        send: (data) => socket.sent.push(data),
        close(code) {
          socket.closed = code
        }
      }
    },
    ticket(fresh) {
      asked.push(fresh)
      return answer()
    },
    release: 'test',
    clock,
    page: {
      isVisible: () => page.visible,
      isOnline: () => page.online,
      listen(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      }
    },
    later: queueMicrotask,
    listener: {
      onOpen: () => (ups += 1),
      onMessage: (message) => heard.push(message),
      onDown: () => (downs += 1),
      onState: (state) => states.push(state)
    }
  })

  return {
    ...{ clock, connection, sockets, asked, states, heard, page },
    ups: () => ups,
    downs: () => downs,
    last: () => sockets.at(-1)!,
    answerTickets(next: () => Promise<TicketAnswer>) {
      answer = next
    },
    async happen(event: PageEvent) {
      for (const listener of listeners) listener(event)
      await settle()
    },
    /** Starts, opens and is welcomed. */
    async up() {
      connection.start()
      await settle()
      await sockets.at(-1)!.open()
      await sockets.at(-1)!.say(welcome)
    }
  }
}

function createFakeSocket(protocols: readonly string[], events: SocketEvents): FakeSocket {
  const socket: FakeSocket = {
    protocols,
    sent: [],
    closed: null,
    async open() {
      events.onOpen()
      await settle()
    },
    async say(...messages) {
      events.onFrame(joinFrame(messages.map(encodeServerMessage)))
      await settle()
    },
    heard() {
      const join = createChunkJoiner(chunksToRelayMax)
      return socket.sent.flatMap((data) => {
        const frame = join(typeof data === 'string' ? fromText(data) : data)
        return frame === null ? [] : decodeClientFrame(frame)
      })
    },
    async end(code) {
      events.onClose(code)
      await settle()
    }
  }
  return socket
}
