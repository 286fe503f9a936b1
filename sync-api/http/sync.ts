// Synchronising without a socket: large updates, and the service worker when no page is open.
import { decodeClientFrame, encodeServerMessage, joinFrame } from '../protocol/codec'
import { ProtocolError } from '../protocol/errors'
import { paths, protocolHeader } from '../protocol/http'
import { bulkBytesMax } from '../protocol/limits'
import type { ClientMessage } from '../protocol/messages'
import { protocolVersion, protocolVersionMin } from '../protocol/version'
import type { Tickets } from '../core/ports'
import { Refusal } from '../core/refusal'
import type { Relay } from '../core/relay'
import { limitBody } from './bodies'
import { requirePerson } from './callers'
import type { Api } from './env'

/** Bulk calls at once: each holds a body and an answer, together at most about 8 MB. */
const callsAtOnceMax = 32

type Parts = { readonly relay: Pick<Relay, 'bulk'>; readonly tickets: Tickets }

export function addSync(api: Api, { relay, tickets }: Parts): void {
  let under = 0
  api.post(
    paths.sync,
    requirePerson(tickets),
    async (_, next) => {
      if (under >= callsAtOnceMax) throw new Refusal('over-limit')
      under += 1
      try {
        await next()
      } finally {
        under -= 1
      }
    },
    limitBody(bulkBytesMax),
    async (context) => {
      if (context.req.header('Content-Type') !== 'application/octet-stream') {
        throw new ProtocolError('bad-request', 'the Content-Type is not application/octet-stream')
      }
      const frame = new Uint8Array(await context.req.arrayBuffer())
      const protocol = protocolOf(context.req.header(protocolHeader))
      const answers = await relay.bulk(context.var.person, bulkMessages(frame), protocol)
      const body = joinFrame(answers.map(encodeServerMessage)).slice()
      return context.body(body, 200, { 'Content-Type': 'application/octet-stream' })
    }
  )
}

/** The version of the wire that a caller says; those that say none came before it was asked for. */
function protocolOf(header: string | undefined): number {
  if (header === undefined) return protocolVersionMin
  if (/^\d{1,6}$/.test(header)) return Math.min(Number(header), protocolVersion)
  throw new ProtocolError('bad-request', `${protocolHeader} is not a number`)
}

/** The messages of a bulk body; throws ProtocolError on what only a socket may say. */
function bulkMessages(frame: Uint8Array): readonly ClientMessage[] {
  const messages = decodeClientFrame(frame)
  for (const { type } of messages) {
    if (type !== 'subscribe' && type !== 'push' && type !== 'pull') {
      throw new ProtocolError('bad-request', `${type} has no meaning over HTTP`)
    }
  }
  return messages
}
