// One client of a WebSocket API: its frames in and out, its idle time and age, and how it ends.
import type { Socket } from 'node:net'
import type { LocalTime } from '../time'
import type { ConnectionFacts } from './api-events'
import { closeFrame, createFrameReader, pongFrame, textFrames, type Incoming } from './frames'
import { ageMsMax, billedMessageBytes, closeMsMax, idleMsMax, unreadBytesMax } from './limits'

/** What is billed of a WebSocket API. */
export type Usage = {
  /** In units of 32 KB, in both directions. */
  messages: number
  /** Begun minutes of connections that have ended. */
  connectionMinutes: number
}

export type ConnectionEnds = {
  receive(text: string): void
  /** Once, whoever ended it. */
  closed(code: number, reason: string): void
}

export type ApiConnection = {
  readonly facts: ConnectionFacts
  /** ms since 1970: the last message either way. */
  lastActiveAt(): number
  isOpen(): boolean
  /** Answers whether the client reads fast enough for it. */
  send(text: Buffer): boolean
  close(code: number, reason: string): void
  /** Without a word to anybody. */
  cut(): void
}

/** Takes over a socket whose handshake was answered; `head` came with the request already. */
export function openApiConnection(
  socket: Socket,
  facts: ConnectionFacts,
  time: LocalTime,
  usage: Usage,
  ends: ConnectionEnds
): ApiConnection {
  const reader = createFrameReader()
  let lastActiveAt = facts.connectedAt
  let open = true
  let cancelIdle = (): void => undefined

  const touch = (bytes: number): void => {
    lastActiveAt = time.now()
    usage.messages += Math.max(1, Math.ceil(bytes / billedMessageBytes))
  }

  const end = (code: number, reason: string): void => {
    if (!open) return
    open = false
    cancelAge()
    cancelIdle()
    usage.connectionMinutes += Math.max(1, Math.ceil((time.now() - facts.connectedAt) / 60_000))
    ends.closed(code, reason)
  }

  const close = (code: number, reason: string): void => {
    if (!open) return
    socket.end(closeFrame(code, reason))
    const cancel = time.after(closeMsMax, () => socket.destroy())
    socket.once('close', cancel)
    end(code, reason)
  }

  const take = (incoming: Incoming): void => {
    switch (incoming.kind) {
      case 'text':
        touch(incoming.bytes)
        return ends.receive(incoming.text)
      case 'ping':
        return void socket.write(pongFrame(incoming.payload))
      case 'pong':
        return
      case 'close': {
        const { code, reason } = incoming
        socket.end(closeFrame(code, ''))
        return end(code, code === 1005 ? 'Client-side close frame status not set' : reason)
      }
      case 'fault':
        return close(incoming.code, incoming.reason)
    }
  }

  const watchIdle = (ms: number): void => {
    cancelIdle = time.after(ms, () => {
      const leftMs = lastActiveAt + idleMsMax - time.now()
      if (leftMs > 0) watchIdle(leftMs)
      else close(1001, 'Going away')
    })
  }
  watchIdle(idleMsMax)
  const cancelAge = time.after(ageMsMax, () => close(1001, 'Going away'))

  socket.on('data', (bytes: Buffer) => {
    for (const incoming of open ? reader.read(bytes) : []) take(incoming)
  })
  // What a socket dies of is told by its end.
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.end())
  socket.on('close', () => end(1006, 'Connection closed abnormally'))

  return {
    facts,
    lastActiveAt: () => lastActiveAt,
    isOpen: () => open,
    send(text) {
      if (socket.writableLength > unreadBytesMax) return false
      touch(text.length)
      for (const frame of textFrames(text)) socket.write(frame)
      return true
    },
    close,
    cut: () => socket.destroy()
  }
}
