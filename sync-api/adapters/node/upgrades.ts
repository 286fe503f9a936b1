// From an HTTP upgrade to a connection: who may open a socket, decided before the relay hears of it.
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { closeCodes } from '../../protocol/close-codes'
import { paths } from '../../protocol/http'
import { frameBytesMax, ticketLengthMax } from '../../protocol/limits'
import { subprotocol } from '../../protocol/version'
import type { TicketClaims, Tickets } from '../../core/ports'
import type { Relay } from '../../core/relay'
import { closeTimeoutMs, type SocketGateway } from './gateway'

/** Sockets of one process: at about 25 KB each, half a gigabyte. */
const connectionsMax = 20_000

export type UpgradeParts = {
  readonly relay: Relay
  readonly tickets: Tickets
  readonly gateway: SocketGateway
  /** Whether the page that asks may talk to this relay. */
  allows(request: IncomingMessage): boolean
  /** Whether new connections are taken; false while the process stops. */
  ready(): boolean
  report(failure: unknown): void
}

type Offer = { readonly protocol: string; readonly ticket: string | null }

/** Answers the upgrades of `server`. */
export function acceptSockets(server: Server, parts: UpgradeParts): void {
  // A variable, since the types of `ws` do not know `closeTimeout` yet.
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: frameBytesMax,
    // Text frames are base64, which the coat checks.
    skipUTF8Validation: true,
    closeTimeout: closeTimeoutMs,
    handleProtocols: (offered: Set<string>) => [...offered][0] ?? false
  }
  const sockets = new WebSocketServer(options)
  const upgrade = async (request: IncomingMessage, raw: Duplex, head: Buffer): Promise<void> => {
    raw.on('error', destroyStream)
    const accepted = await accept(request, raw, parts)
    if (accepted === null || raw.destroyed) return
    raw.removeListener('error', destroyStream)
    sockets.handleUpgrade(request, raw, head, (socket) => greet(socket, raw, accepted, parts))
  }
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    upgrade(request, raw, head).catch((failure: unknown) => {
      parts.report(failure)
      raw.destroy()
    })
  })
}

type Accepted = { readonly protocol: string; readonly claims: TicketClaims | null }

/** Null when the request was turned away; it has been answered then. */
async function accept(
  request: IncomingMessage,
  raw: Duplex,
  parts: UpgradeParts
): Promise<Accepted | null> {
  const status = refusalStatus(request, parts)
  const offer = offerOf(request.headers['sec-websocket-protocol'])
  if (status !== null) return turnAway(raw, status)
  if (offer === null) return turnAway(raw, 400)
  const claims = offer.ticket === null ? null : await parts.tickets.verify(offer.ticket)
  return { protocol: offer.protocol, claims }
}

function refusalStatus(request: IncomingMessage, parts: UpgradeParts): number | null {
  if (new URL(request.url ?? '/', 'http://relay').pathname !== paths.socket) return 404
  if (!parts.allows(request)) return 403
  if (!parts.ready() || parts.gateway.size() >= connectionsMax) return 503
  return null
}

function turnAway(raw: Duplex, status: number): null {
  raw.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
  return null
}

/** What `Sec-WebSocket-Protocol` says: the wire's version, and the ticket after it. */
function offerOf(header: string | undefined): Offer | null {
  const [protocol, ticket] = (header ?? '').split(',').map((value) => value.trim())
  if (protocol === undefined || !/^meridian\.\d{1,6}$/.test(protocol)) return null
  const usable = ticket !== undefined && ticket.length <= ticketLengthMax
  return { protocol, ticket: usable ? ticket : null }
}

/**
 * A browser does not tell a page why an upgrade was refused. So it is accepted, and the close code
 * says what is wrong.
 */
function greet(
  socket: WebSocket,
  raw: Duplex,
  { protocol, claims }: Accepted,
  { gateway, relay }: UpgradeParts
): void {
  if (protocol !== subprotocol) return refuse(socket, closeCodes.tooOld, 'too old')
  if (claims === null) return refuse(socket, closeCodes.noTicket, 'no ticket')
  gateway.add(socket, raw, claims, relay)
}

function refuse(socket: WebSocket, code: number, reason: string): void {
  socket.on('error', () => undefined)
  socket.close(code, reason)
}

function destroyStream(this: Duplex): void {
  this.destroy()
}
