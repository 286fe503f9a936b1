// The browser's WebSocket as the connection wants it.
import { paths } from '../../sync-api/protocol/http'
import type { OpenSocket } from './surroundings'

/** Sockets to the relay at `origin` (http or https). */
export function createWebSockets(origin: string): OpenSocket {
  const url = origin.replace(/^http/, 'ws') + paths.socket
  return (protocols, events) => {
    const socket = new WebSocket(url, [...protocols])
    socket.binaryType = 'arraybuffer'
    socket.onopen = events.onOpen
    socket.onclose = (event) => events.onClose(event.code)
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      events.onFrame(typeof event.data === 'string' ? event.data : new Uint8Array(event.data))
    }
    return {
      send(data) {
        // Closing sockets drop what they are given; the connection hears of the close by itself.
        if (socket.readyState === WebSocket.OPEN) {
          socket.send(typeof data === 'string' ? data : data.slice())
        }
      },
      close: (code) => socket.close(code)
    }
  }
}
