// The upgrade of a request to a WebSocket: its answer, or the status that refuses it.
import { createHash, randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** RFC 6455: proves that the server speaks WebSocket. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Headers that the gateway sets itself, whatever a function returns. */
const ownHeaders = ['connection', 'content-length', 'sec-websocket-accept', 'upgrade']

/** Whether it asks for the version of WebSocket that everybody speaks. */
export function isHandshake({ method, headers }: IncomingMessage): boolean {
  const { 'sec-websocket-key': key, 'sec-websocket-version': version, upgrade } = headers
  return (
    method === 'GET' &&
    upgrade?.toLowerCase() === 'websocket' &&
    version === '13' &&
    key !== undefined
  )
}

/** Answers with what `$connect` returned as headers, such as Sec-WebSocket-Protocol. No extension is agreed on. */
export function acceptHandshake(
  request: IncomingMessage,
  socket: Duplex,
  headers: Readonly<Record<string, string>>
): void {
  const key = `${request.headers['sec-websocket-key']}${acceptSuffix}`
  const accept = createHash('sha1').update(key).digest('base64')
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`
  ]
  for (const [name, value] of Object.entries(headers)) {
    if (!ownHeaders.includes(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
}

export function refuseHandshake(
  socket: Duplex,
  connectionId: string,
  status: number,
  message: string
): void {
  const body = apiError(message, connectionId)
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body
    ].join('\r\n')
  )
}

/** What the gateway itself tells a client: also as a message, in the middle of those of the functions. */
export function apiError(message: string, connectionId: string): string {
  return JSON.stringify({ message, connectionId, requestId: randomUUID() })
}
