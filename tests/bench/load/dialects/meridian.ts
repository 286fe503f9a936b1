// Meridian's protocol as its app speaks it: hello, subscribe, pull, numbered pushes, acks.
import {
  decodeServerFrame,
  encodeClientMessage,
  joinFrame
} from '../../../../sync-api/protocol/codec'
import { createChunkJoiner, splitFrame } from '../../../../sync-api/protocol/chunks'
import { fromText, toText } from '../../../../sync-api/protocol/coat'
import { paths } from '../../../../sync-api/protocol/http'
import { clientIdOf, type OutboxId, type WriterId } from '../../../../sync-api/protocol/ids'
import {
  chunksToClientMax,
  chunksToRelayMax,
  heartbeatMs
} from '../../../../sync-api/protocol/limits'
import type { ClientMessage, Cursor, ServerMessage } from '../../../../sync-api/protocol/messages'
import { protocolVersion, schemaVersion, subprotocol } from '../../../../sync-api/protocol/version'
import type { BenchDocument, Dialect, Ears } from '../dialect'
import { randomId, type Person } from '../people'
import { admit, bulk, ticketOf } from './meridian-http'
import { openSocket } from './socket'

const start: Cursor = new Uint8Array(0)

export const meridian: Dialect = {
  acknowledges: true,
  admit,
  prepare: async (origin, person) => {
    await ticketOf(origin, person)
  },
  open: async (origin, document, person, ears) => {
    const conversation = createConversation(document, person, ears)
    const url = origin.replace('http', 'ws') + paths.socket
    const protocols = [subprotocol, await ticketOf(origin, person)]
    const socket = await openSocket(url, protocols, conversation.hear)
    conversation.begin(socket.send, async (cursor) => {
      const ref = { document: document.id, channel: 'content' } as const
      const page = await bulk(origin, person, [{ type: 'pull', ...ref, cursor }])
      conversation.takeOverHttp(page)
    })
    const { updates, bytesOverHttp } = await conversation.ready
    const heartbeat = setInterval(() => conversation.say({ type: 'ping' }), heartbeatMs)
    const close = async (): Promise<void> => {
      clearInterval(heartbeat)
      await socket.close()
    }
    const { clientId, push } = conversation
    return { client: { clientId, push, close }, updates, bytes: socket.bytes + bytesOverHttp }
  }
}

type Ready = { readonly updates: readonly Uint8Array[]; readonly bytesOverHttp: number }

/** One document over one socket: what the app's session does, without a store. */
function createConversation(document: BenchDocument, person: Person, ears: Ears) {
  const ref = { document: document.id, channel: 'content' } as const
  const outbox = randomId<OutboxId>()
  const writer = randomId<WriterId>()
  const join = createChunkJoiner(chunksToClientMax)
  const updates: Uint8Array[] = []
  const waiting: Uint8Array[] = []
  let send: (data: Uint8Array | string) => void
  let pullOverHttp: (cursor: Cursor) => Promise<void>
  let binary = false
  let frames = 0
  let epoch = 0
  let pushed = 0
  let acknowledged = 0
  let inFlightMax = 0
  let bytesOverHttp = 0
  let finish: (ready: Ready) => void
  const ready = new Promise<Ready>((resolve) => (finish = resolve))

  const say = (...messages: ClientMessage[]): void => {
    for (const frame of splitFrame(
      joinFrame(messages.map(encodeClientMessage)),
      frames++,
      chunksToRelayMax
    )) {
      send(binary ? frame : toText(frame))
    }
  }
  const flush = (): void => {
    while (waiting.length > 0 && pushed - acknowledged < inFlightMax) {
      const update = waiting.shift()
      if (update === undefined) return
      const rest = { schemaMajor: schemaVersion.major, writers: [writer] }
      say({ type: 'push', ...ref, outbox, n: ++pushed, update, epoch, ...rest })
    }
  }
  const pull = (cursor: Cursor): void => say({ type: 'pull', ...ref, cursor })
  const take = (message: ServerMessage): void => {
    switch (message.type) {
      case 'welcome':
        binary = message.binary
        inFlightMax = message.pushesInFlightMax
        return
      case 'subscribed': {
        const [item] = message.items
        if (!item || item.role === null) throw new Error(`No right to ${document.id}`)
        epoch = item.epoch
        return
      }
      case 'catch-up':
        if (message.overHttp) {
          void pullOverHttp(message.from)
          return
        }
        updates.push(...message.entries.map((entry) => entry.update))
        return message.more
          ? pull(message.to)
          : queueMicrotask(() => finish({ updates, bytesOverHttp }))
      case 'ack':
        acknowledged = Math.max(acknowledged, message.n)
        ears.acknowledged(acknowledged)
        return flush()
      case 'entry':
        for (const entry of message.entries) ears.update(entry.update)
        return
      case 'pong':
      case 'hand-over':
      case 'awareness':
        return
      default:
        throw new Error(`Unexpected: ${JSON.stringify(message)}`)
    }
  }
  return {
    clientId: clientIdOf(ref, person.id, writer),
    ready,
    say,
    takeOverHttp: (page: { answers: readonly ServerMessage[]; bytes: number }): void => {
      bytesOverHttp += page.bytes
      for (const answer of page.answers) take(answer)
    },
    begin: (sender: typeof send, puller: typeof pullOverHttp): void => {
      send = sender
      pullOverHttp = puller
      // All at once, as the app does for the document on screen: it waits for no answer.
      say(
        { type: 'hello', protocol: protocolVersion, schema: schemaVersion, release: 'bench' },
        { type: 'subscribe', items: [{ ...ref, cursor: start, nonce: null }] },
        { type: 'pull', ...ref, cursor: start }
      )
    },
    hear: (data: Uint8Array | string): void => {
      const frame = join(typeof data === 'string' ? fromText(data) : data)
      if (frame !== null) for (const message of decodeServerFrame(frame)) take(message)
    },
    push: (update: Uint8Array): void => {
      waiting.push(update)
      flush()
    }
  }
}
