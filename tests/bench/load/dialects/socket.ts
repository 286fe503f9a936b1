// A WebSocket as the thin clients use it: binary, counted, opened or failed, closed or ended.
import { WebSocket } from 'ws'

export type Socket = {
  send(data: Uint8Array | string): void
  readonly bytes: number
  close(): Promise<void>
}

/** Opens a socket; `hear` gets every message after that. An unexpected end throws in the process. */
export async function openSocket(
  url: string,
  protocols: readonly string[],
  hear: (data: Uint8Array | string) => void
): Promise<Socket> {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false })
  let bytes = 0
  let closing = false
  socket.on('message', (data: Buffer, binary: boolean) => {
    bytes += data.length
    hear(binary ? data : data.toString())
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => socket.terminate())
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('close', (code, reason) => {
    // Killed (1006) and stopped (1001) servers are part of a run; every other end is a fault of it.
    if (!closing && code !== 1006 && code !== 1001)
      throw new Error(`${url} closed: ${code} ${reason.toString()}`)
  })
  return {
    send: (data) => socket.send(data),
    get bytes() {
      return bytes
    },
    close: async () => {
      closing = true
      socket.close(1000)
      await ended
    }
  }
}

/** A 53-bit Yjs client id, as long on the wire as Meridian's. */
export function randomClientId(): number {
  return 2 ** 52 + Math.floor(Math.random() * 2 ** 52)
}
